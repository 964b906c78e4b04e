// SPDX-License-Identifier: Apache-2.0
import Catalogue
import EnvironmentModel
import JSONTree
import OCI
import Sharing
import Snapshots
import Steps
import Terminal

/// A snapshot as it may be given away: looked through, or with stand-ins in the place of its secrets.
struct GuardedSnapshot: Sendable {
    /// The snapshot that is given away, and the library that it is in.
    let snapshot: SnapshotRecord
    let library: SnapshotLibrary
    /// What was found; nil where nobody looked.
    let report: SecretReport?
    /// What was replaced; nil where nothing was.
    let redacted: RedactedSnapshot?

    /// Removes what was made for it.
    func discard() { redacted?.discard() }

    /// Searches it, and the bundle where one was written; gives the layers that still hold a secret.
    func holdingLayers(bundle files: BundleParts?, _ context: CommandContext, _ cancellation: Cancellation) throws
        -> [Digest]
    {
        guard let redacted else { return [] }
        let gate = EgressGate(redacted, cancellation: cancellation, progress: context.report)
        guard let files else { return try gate.checkLibrary() }
        return try gate.checkBundle { try files.read(into: $0) }
    }
}

extension CommandContext {
    /// Looks for secrets in a snapshot and does what the options say about them.
    ///
    /// - Throws: `Failure` with the status `refused` where there are some and the options say nothing.
    func guarded(_ record: SnapshotRecord, in library: SnapshotLibrary, _ options: SecretOptions) async throws
        -> GuardedSnapshot
    {
        if options.allowsSecrets, !options.redact {
            return GuardedSnapshot(snapshot: record, library: library, report: nil, redacted: nil)
        }
        let found = try await cancellable { [report] cancellation in
            try SnapshotScanner(record, library: library, cancellation: cancellation, report: report).scan()
        }
        if options.redact {
            let redacted = try await cancellable { [report] cancellation in
                try Redactor(record, in: library, report: found, cancellation: cancellation, progress: report).redact()
            }
            return GuardedSnapshot(
                snapshot: redacted.snapshot, library: redacted.library, report: found, redacted: redacted)
        }
        guard found.findings.isEmpty else { throw refusal(record, found) }
        return GuardedSnapshot(snapshot: record, library: library, report: found, redacted: nil)
    }

    private func refusal(_ record: SnapshotRecord, _ found: SecretReport) -> Failure {
        let shown = found.findings.prefix(25).map(\.line)
        let rest = found.findings.count > 25 ? ["and \(found.findings.count - 25) more, all with --json"] : []
        let opaque = found.notInspected.map { "\($0.object): \($0.text)" }
        var failure = Failure(
            "secretsFound",
            "\(record.called) holds secrets in \(Units.count(found.findings.count, "place")); nothing was given away",
            hint:
                "--redact puts stand-ins in their place, --encrypt-to RECIPIENT encrypts the bundle, --include-secrets "
                + "gives them away",
            status: .refused)
        failure.lines = shown + rest + (opaque.isEmpty ? [] : ["not looked into:"] + opaque.map { "  \($0)" })
        failure.details = [
            "findings": .array(found.findings.map(\.json)), "notInspected": .array(found.notInspected.map(\.json)),
        ]
        return failure
    }
}

extension GuardedSnapshot {
    /// What was done about secrets, for `--json`; null where nobody looked.
    func json(holding layers: [Digest]) -> JSONValue {
        guard let report else { return .null }
        return [
            "rules": .int(SecretRule.version), "replaced": .int(redacted?.secrets ?? 0),
            "places": .int(redacted?.places ?? 0), "left": .int(left(layers)),
            "weak": .int(redacted == nil ? report.weakFindings.count : 0),
            "opaqueFiles": .array((redacted?.opaqueFiles ?? []).map(JSONValue.string)),
            "notInspected": .array(report.notInspected.map(\.json)),
        ]
    }

    /// The same in a line for people.
    func line(holding layers: [Digest]) -> String? {
        guard let report else { return nil }
        let opaque = "\(report.notInspectedCount) layers and files not inspected"
        guard let redacted else { return "  secrets none found by rules \(SecretRule.version), \(opaque)" }
        return "  secrets \(redacted.secrets) replaced in \(Units.count(redacted.places, "place")), "
            + "\(left(layers)) suspicious left, \(opaque)"
    }

    /// Warns of what a replacement may have broken, and of what is left.
    func warn(holding layers: [Digest], _ console: Console) {
        guard let redacted else { return }
        if !redacted.opaqueFiles.isEmpty {
            let names = redacted.opaqueFiles.prefix(5).joined(separator: ", ")
            console.warn(
                "replaced in \(Units.count(redacted.opaqueFiles.count, "file")) that are no text, which a program may take for "
                    + "damaged: \(names)\(redacted.opaqueFiles.count > 5 ? ", …" : "")")
        }
        if redacted.unknownVerifiers > 0 {
            console.warn(
                "\(Units.count(redacted.unknownVerifiers, "verifier")) of database passwords that are not known here: left as "
                    + "they are")
        }
        for layer in layers {
            console.warn(
                "the image layer \(layer.short) holds a secret and cannot be changed: it was given away with it")
        }
    }

    private func left(_ layers: [Digest]) -> Int { layers.count + (redacted?.unknownVerifiers ?? 0) }
}
