// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Catalogue
import JSONTree
import OCI
import Sharing
import Snapshots
import Terminal

struct PushVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "push", abstract: "Send a snapshot to a registry.",
        discussion: """
            What the registry has already is not sent again, and an interrupted push goes on when it is run once more. \
            Logins are those of docker login, credential helpers among them. Where secrets are found in the snapshot \
            (passwords, tokens, keys), nothing is sent until an option says what to do with them.

            EXAMPLES
              envsnap push before oci://registry.example/team/foo:before
              envsnap push before oci://localhost:5000/foo         the tag is then "latest"
              envsnap push before oci://localhost:5000/foo --redact

            \(exitStatusHelp(.refused, .notFound, .locked, .damaged))
            """)

    @Argument(
        help: "The snapshot: its name, or at least four digits of its id.", completion: Completions.snapshots)
    var snapshot: String

    @Argument(help: "Where to: oci://HOST[:PORT]/REPOSITORY[:TAG].")
    var reference: String

    @OptionGroup var registry: RegistryOptionGroup
    @OptionGroup var secrets: SecretOptions
    @OptionGroup var options: GlobalOptions

    func validate() throws {
        guard secrets.recipients.isEmpty else {
            throw ValidationError(
                "a registry's blobs are not encrypted: write a bundle with export --encrypt-to, and send that")
        }
    }

    func run(_ context: CommandContext) async throws -> ExitStatus {
        let library = try context.openLibrary()
        let record = try library.find(snapshot)
        let target = try RegistryReference(parsing: reference)
        let guarded = try await context.guarded(record, in: library, secrets)
        defer { guarded.discard() }
        let pusher = RegistryPusher(
            guarded.snapshot, library: guarded.library, options: registry.options(context), report: context.report)
        let (layers, report) = try await context.cancellable { cancellation in
            let layers = try guarded.holdingLayers(bundle: nil, context, cancellation)
            return (layers, try pusher.push(to: target, cancellation: cancellation))
        }
        guarded.warn(holding: layers, context.console)
        context.console.result(
            [
                "snapshot": .string(guarded.snapshot.id.hex), "secrets": guarded.json(holding: layers),
                "reference": .string(target.description),
                "manifest": .string(report.manifest.description),
                "blobs": [
                    "sent": .int(report.sent), "mounted": .int(report.mounted), "present": .int(report.present),
                ], "bytes": ["sent": .int(report.bytes)],
            ],
            lines: [
                "pushed \(record.called) to \(target)", "  digest  \(report.manifest)",
                "  sent    \(Units.bytes(report.bytes)) in \(Units.count(report.sent, "blob")), "
                    + "\(report.present + report.mounted) were there",
            ] + (guarded.line(holding: layers).map { [$0] } ?? []))
        return .fine
    }
}
