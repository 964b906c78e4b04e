// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import JSONTree
import Snapshots
import Terminal

struct GcVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "gc", abstract: "Free the space of what no snapshot needs.",
        discussion: exitStatusHelp(.locked, .damaged))

    @Flag(help: "Say what would be freed, and remove nothing.")
    var dryRun = false

    @OptionGroup var options: GlobalOptions

    func run(_ context: CommandContext) async throws -> ExitStatus {
        let library = try context.openLibrary()
        try await LeftoverPauses(context: context, library: library).release()
        let report = try library.collectGarbage(isDryRun: dryRun)
        let verb = dryRun ? "would free" : "freed"
        context.console.result(
            [
                "blobs": .int(report.blobs), "bytes": .int(report.bytes), "transactions": .int(report.transactions),
                "dryRun": .bool(dryRun),
            ], lines: ["\(verb) \(Units.bytes(report.bytes)) in \(Units.count(report.blobs, "blob"))"])
        return .fine
    }
}
