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
            What the registry has already is not sent again, and an interrupted push goes on when it is run once more.
            Logins are those of docker login, credential helpers among them. The snapshot holds whatever the
            environment held, secrets among it, and nothing in it is encrypted.

            EXAMPLES
              envsnap push before oci://registry.example/team/foo:before
              envsnap push before oci://localhost:5000/foo         the tag is then "latest"

            \(exitStatusHelp(.notFound, .locked, .damaged))
            """)

    @Argument(help: "The snapshot: its name, or at least four digits of its id.")
    var snapshot: String

    @Argument(help: "Where to: oci://HOST[:PORT]/REPOSITORY[:TAG].")
    var reference: String

    @OptionGroup var registry: RegistryOptionGroup
    @OptionGroup var options: GlobalOptions

    func run(_ context: CommandContext) async throws -> ExitStatus {
        let library = try context.openLibrary()
        let record = try library.find(snapshot)
        let target = try RegistryReference(parsing: reference)
        let pusher = RegistryPusher(
            record, library: library, options: registry.options(context), report: context.report)
        let report = try await context.cancellable { try pusher.push(to: target, cancellation: $0) }
        context.console.result(
            [
                "snapshot": .string(record.id.hex), "reference": .string(target.description),
                "manifest": .string(report.manifest.description),
                "blobs": [
                    "sent": .int(report.sent), "mounted": .int(report.mounted), "present": .int(report.present),
                ], "bytes": ["sent": .int(report.bytes)],
            ],
            lines: [
                "pushed \(record.called) to \(target)", "  digest  \(report.manifest)",
                "  sent    \(Units.bytes(report.bytes)) in \(Units.count(report.sent, "blob")), "
                    + "\(report.present + report.mounted) were there",
            ])
        return .fine
    }
}
