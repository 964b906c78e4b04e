// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import ContentStore
import JSONTree
import Snapshots
import Terminal

struct CheckVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check that the store holds what it should.",
        discussion: """
            Of every snapshot the document and the blobs that it needs are looked for, and their sizes compared; with \
            --read-data every byte is read and compared with its digest.

            EXAMPLES
              envsnap check                takes moments
              envsnap check --read-data    takes as long as reading the store does

            \(exitStatusHelp(.locked, .damaged))
            """)

    @Flag(help: "Read every blob and compare it with its digest.")
    var readData = false

    @OptionGroup var options: GlobalOptions

    func run(_ context: CommandContext) async throws -> ExitStatus {
        let library = try context.openLibrary()
        let report = try library.check(depth: readData ? .data : .size, report: context.report)
        let counts = "\(Units.count(report.snapshots, "snapshot")), \(Units.count(report.blobs, "blob"))"
        context.console.result(
            [
                "snapshots": .int(report.snapshots), "blobs": .int(report.blobs),
                "problems": .array(report.problems.map(JSONValue.string)),
            ],
            lines: report.problems.isEmpty
                ? ["\(counts): nothing wrong" + (readData ? "" : " (sizes only; --read-data reads everything)")]
                : report.problems + ["\(counts): \(Units.count(report.problems.count, "problem"))"])
        return report.problems.isEmpty ? .fine : .damaged
    }
}
