// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Catalogue
import Glibc
import JSONTree
import OCI
import Sharing
import Snapshots
import SystemPackage
import Terminal

struct ExportVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write a snapshot to a file that another machine imports or replays.",
        discussion: """
            The file is a bundle: an OCI image layout in one tar. The same snapshot gives the same bytes. Where secrets \
            are found in it (passwords, tokens, keys), nothing is written until an option says what to do with them. \
            Image layers, large files and files that are no text are not looked into.

            EXAMPLES
              envsnap export before -o before.envsnap                     all of it
              envsnap export after -o after.envsnap --since before        what somebody lacks who has "before"
              envsnap export before -o before.envsnap --max-part 100M     in parts: before.envsnap.part001, …
              envsnap export before -o - | ssh host envsnap import -      without a file
              envsnap export before -o before.envsnap --redact            stand-ins for secrets; the replay works
              envsnap export before -o before.age --encrypt-to age1…      for the owner of a key
              envsnap export before -o before.envsnap --sign-key ~/.ssh/id_ed25519

            \(exitStatusHelp(.refused, .notFound, .locked, .damaged))
            """)

    @Argument(
        help: "The snapshot: its name, or at least four digits of its id.", completion: Completions.snapshots)
    var snapshot: String

    @Option(
        name: [.short, .long], help: ArgumentHelp("The file; - is standard output.", valueName: "file"),
        completion: .file())
    var output: String

    @Option(
        help: ArgumentHelp("Leave out what this snapshot has; may be repeated.", valueName: "snapshot"),
        completion: Completions.snapshots)
    var since: [String] = []

    @Option(help: ArgumentHelp("Write parts of at most this size, such as 100M or 2G.", valueName: "size"))
    var maxPart: ByteSize?

    @Option(
        help: ArgumentHelp("Sign it with this SSH key, by ssh-keygen.", valueName: "key"), completion: .file())
    var signKey: String?

    @Flag(help: "Replace files of these names.")
    var force = false

    @OptionGroup var secrets: SecretOptions
    @OptionGroup var options: GlobalOptions

    func validate() throws {
        if secrets.redact, !since.isEmpty {
            throw ValidationError("--redact makes another snapshot, which has no base: leave --since away")
        }
        guard output == "-" else { return }
        guard maxPart == nil, !options.json else {
            throw ValidationError(
                "standard output takes the bundle itself: -o - goes with neither --max-part nor --json")
        }
    }

    func run(_ context: CommandContext) async throws -> ExitStatus {
        let library = try context.openLibrary()
        let record = try library.find(snapshot)
        if output == "-", isatty(STDOUT_FILENO) != 0 {
            throw Failure(
                "terminal", "a bundle is not for a terminal", hint: "send standard output to a file or a pipe",
                status: .usage)
        }
        let age = AgeEncryption(environment: context.environment)
        if !secrets.recipients.isEmpty { try age.check(secrets.recipients) }
        if output != "-" { _ = try BundleFiles(at: FilePath(output), largestPart: maxPart?.bytes, overwrites: force) }
        let guarded = try await context.guarded(record, in: library, secrets)
        defer { guarded.discard() }
        let unsigned = try BundleWriter(
            guarded.snapshot, since: try since.map(library.find), library: guarded.library, report: context.report)
        let writer = try await sign(unsigned, context)
        let bundle = Bundle(writer: writer, age: age, recipients: secrets.recipients)
        let summary =
            "\(Units.bytes(writer.manifest.storedSize)) in \(Units.count(writer.manifest.blobs.count, "blob"))"
        guard output != "-" else {
            let layers = try await context.cancellable { cancellation in
                let layers = try guarded.holdingLayers(bundle: nil, context, cancellation)
                let pipe = BundlePipe(.standardOutput, cancellation: cancellation)
                try bundle.write(to: pipe.write, cancellation)
                return layers
            }
            guarded.warn(holding: layers, context.console)
            context.console.detail("exported \(record.called): \(summary)")
            return .fine
        }
        let (files, layers) = try await write(bundle, guarded, context)
        guarded.warn(holding: layers, context.console)
        let secretsLine = guarded.line(holding: layers).map { [$0] } ?? []
        context.console.result(
            [
                "snapshot": .string(guarded.snapshot.id.hex), "files": .array(files.map { .string($0.string) }),
                "blobs": .int(writer.manifest.blobs.count), "bytes": .int(writer.manifest.storedSize),
                "bases": .array(writer.manifest.bases.map { .string($0.hex) }),
                "secrets": guarded.json(holding: layers), "encrypted": .bool(!secrets.recipients.isEmpty),
            ],
            lines: ["exported \(record.called): \(summary)"] + secretsLine
                + files.map { "  \($0.string.safeForTerminal)" })
        return .fine
    }

    /// Writes the files, and reads them again before they get their names where something was replaced in them.
    private func write(
        _ bundle: Bundle, _ guarded: GuardedSnapshot, _ context: CommandContext
    ) async throws -> (files: [FilePath], layers: [Digest]) {
        let path = FilePath(output)
        let (largestPart, overwrites) = (maxPart?.bytes, force)
        return try await context.cancellable { cancellation in
            let files = try BundleFiles(at: path, largestPart: largestPart, overwrites: overwrites)
            defer { files.discard() }
            try bundle.write(to: files.write, cancellation)
            // What is encrypted cannot be read again here; it is the same bytes as in the library.
            let written = bundle.recipients.isEmpty ? try files.written(cancellation) : nil
            let layers = try guarded.holdingLayers(bundle: written, context, cancellation)
            return (try files.publish(), layers)
        }
    }
}

/// A bundle on its way out, encrypted where there are recipients.
private struct Bundle: Sendable {
    let writer: BundleWriter
    let age: AgeEncryption
    let recipients: [String]

    func write(to sink: @escaping (UnsafeRawBufferPointer) throws -> Void, _ cancellation: Cancellation) throws {
        guard !recipients.isEmpty else { return try writer.write(to: sink, cancellation: cancellation) }
        let writer = writer
        try age.encrypt(to: recipients, into: sink) { try writer.write(to: $0, cancellation: cancellation) }
    }
}

extension ExportVerb {
    /// The bundle with a signature, where one is asked for.
    private func sign(_ writer: BundleWriter, _ context: CommandContext) async throws -> BundleWriter {
        guard let signKey else { return writer }
        let environment = context.environment
        return try await context.cancellable { _ in
            var signed = writer
            try signed.sign(key: signKey, environment: environment)
            return signed
        }
    }
}

extension SnapshotRecord {
    /// What the snapshot is called in a sentence: its name, else the beginning of its id.
    var called: String { (name ?? id.short).safeForTerminal }
}
