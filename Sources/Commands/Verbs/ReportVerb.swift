// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Catalogue
import EnvironmentModel
import Foundation
import JSONTree
import LiveEnvironment
import OCI
import Reporting
import Snapshots
import Terminal

struct ReportVerb: Verb {
    /// The forms of a report.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case md, html
    }

    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Tell a snapshot to others: for an issue, or as a page.",
        discussion: """
            Markdown is short enough for the text of a GitHub issue; HTML is one page that needs nothing else, with the \
            topology drawn. Both name the command that replays the snapshot. Values of environment variables, labels and \
            commands are left out.

            EXAMPLES
              envsnap report before -o report.html
              envsnap report after --against before -o report.md

            \(exitStatusHelp(.notFound, .locked, .damaged))
            """)

    @Argument(
        help: "The snapshot: its name, or at least four digits of its id.", completion: Completions.snapshots)
    var snapshot: String

    @Option(
        help: ArgumentHelp("A snapshot to compare it with: the report names what differs.", valueName: "snapshot"),
        completion: Completions.snapshots)
    var against: String?

    @Option(
        name: [.short, .long], help: ArgumentHelp("The file to write; left out, standard output.", valueName: "file"),
        completion: .file())
    var output: String?

    @Option(help: "md or html; left out, as the file's name ends, else md.")
    var format: Format?

    @OptionGroup var options: GlobalOptions

    func run(_ context: CommandContext) async throws -> ExitStatus {
        let library = try context.openLibrary()
        let record = try library.find(snapshot)
        let document = try library.document(record.id)
        let comparison = try await comparison(of: document, in: library, context)
        let report = Report(on: document, id: record.id.hex, comparison: comparison)
        let chosen = format ?? output.flatMap(Self.format(of:)) ?? .md
        let text = chosen == .html ? report.html : report.markdown
        guard let output else {
            context.console.result(
                ["format": .string(chosen.rawValue), "text": .string(text)],
                lines: text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init))
            return .fine
        }
        do { try Data(text.utf8).write(to: URL(filePath: output), options: .atomic) } catch {
            throw Failure(
                "notWritten", "the report could not be written to \(output): \(error.localizedDescription)",
                hint: "name a file in a folder that is there", status: .failed)
        }
        context.console.result(
            ["format": .string(chosen.rawValue), "file": .string(output), "bytes": .int(text.utf8.count)],
            lines: ["wrote \(output), \(Units.bytes(Int64(text.utf8.count)))"])
        return .fine
    }

    private func comparison(
        of document: EnvironmentDocument, in library: SnapshotLibrary, _ context: CommandContext
    ) async throws -> Report.Comparison? {
        guard let against else { return nil }
        let record = try library.find(against)
        let earlier = try library.document(record.id)
        let comparison = SnapshotComparison(library: library, options: .difference, report: context.report)
        let difference = try await BlockingWork.run {
            try comparison.difference(from: earlier, to: document, readingBlobs: true)
        }
        return Report.Comparison(name: record.name ?? record.id.short, difference: difference)
    }

    private static func format(of file: String) -> Format? {
        file.lowercased().hasSuffix(".html") || file.lowercased().hasSuffix(".htm") ? .html : nil
    }
}
