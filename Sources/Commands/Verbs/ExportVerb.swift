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
            The file is a bundle: an OCI image layout in one tar. The same snapshot gives the same bytes. It holds
            whatever the environment held, secrets among it, and nothing in it is encrypted.

            EXAMPLES
              envsnap export before -o before.envsnap                     all of it
              envsnap export after -o after.envsnap --since before        what somebody lacks who has "before"
              envsnap export before -o before.envsnap --max-part 100M     in parts: before.envsnap.part001, …
              envsnap export before -o - | ssh host envsnap import -      without a file

            \(exitStatusHelp(.notFound, .locked, .damaged))
            """)

    @Argument(help: "The snapshot: its name, or at least four digits of its id.")
    var snapshot: String

    @Option(name: [.short, .long], help: ArgumentHelp("The file; - is standard output.", valueName: "file"))
    var output: String

    @Option(help: ArgumentHelp("Leave out what this snapshot has; may be repeated.", valueName: "snapshot"))
    var since: [String] = []

    @Option(help: ArgumentHelp("Write parts of at most this size, such as 100M or 2G.", valueName: "size"))
    var maxPart: ByteSize?

    @Flag(help: "Replace files of these names.")
    var force = false

    @OptionGroup var options: GlobalOptions

    func validate() throws {
        guard output == "-" else { return }
        guard maxPart == nil, !options.json else {
            throw ValidationError(
                "standard output takes the bundle itself: -o - goes with neither --max-part nor --json")
        }
    }

    func run(_ context: CommandContext) async throws -> ExitStatus {
        let library = try context.openLibrary()
        let record = try library.find(snapshot)
        let writer = try BundleWriter(
            record, since: try since.map(library.find), library: library, report: context.report)
        let summary =
            "\(Units.bytes(writer.manifest.storedSize)) in \(Units.count(writer.manifest.blobs.count, "blob"))"
        guard output != "-" else {
            guard isatty(STDOUT_FILENO) == 0 else {
                throw Failure(
                    "terminal", "a bundle is not for a terminal", hint: "send standard output to a file or a pipe",
                    status: .usage)
            }
            try await context.cancellable { cancellation in
                let pipe = BundlePipe(.standardOutput, cancellation: cancellation)
                try writer.write(to: pipe.write, cancellation: cancellation)
            }
            context.console.detail("exported \(record.called): \(summary)")
            return .fine
        }
        let path = FilePath(output)
        let (largestPart, overwrites) = (maxPart?.bytes, force)
        let files = try await context.cancellable { cancellation in
            let files = try BundleFiles(at: path, largestPart: largestPart, overwrites: overwrites)
            defer { files.discard() }
            try writer.write(to: files.write, cancellation: cancellation)
            return try files.publish()
        }
        context.console.result(
            [
                "snapshot": .string(record.id.hex), "files": .array(files.map { .string($0.string) }),
                "blobs": .int(writer.manifest.blobs.count), "bytes": .int(writer.manifest.storedSize),
                "bases": .array(writer.manifest.bases.map { .string($0.hex) }),
            ],
            lines: ["exported \(record.called): \(summary)"] + files.map { "  \($0.string.safeForTerminal)" })
        return .fine
    }
}

extension SnapshotRecord {
    /// What the snapshot is called in a sentence: its name, else the beginning of its id.
    var called: String { (name ?? id.short).safeForTerminal }
}
