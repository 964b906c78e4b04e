// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import JSONTree
import LiveEnvironment
import Replay
import Snapshots
import Terminal

struct GcVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "gc", abstract: "Free the space of what no snapshot needs.",
        discussion: """
            What captures and imports that were interrupted have left goes too, and layers that are kept unpacked for \
            the next replay. While another envsnap works on the store, nothing is removed.

            EXAMPLES
              envsnap gc --dry-run    how much it would free
              envsnap gc

            \(exitStatusHelp(.locked, .damaged))
            """)

    @Flag(help: "Say what would be freed, and remove nothing.")
    var dryRun = false

    @OptionGroup var options: GlobalOptions

    func run(_ context: CommandContext) async throws -> ExitStatus {
        let library = try context.openLibrary()
        try await LeftoverPauses(context: context, library: library).release()
        // Without an engine within reach only the store is looked at.
        if !dryRun, let engine = try? await context.connect() {
            _ = try? await HelperLeftovers(engine: engine).remove()
        }
        let report = try library.collectGarbage(isDryRun: dryRun)
        let kept = try await LayerCache(of: library, access: LocalDataAccess()).removeAll(isDryRun: dryRun)
        let verb = dryRun ? "would free" : "freed"
        context.console.result(
            [
                "blobs": .int(report.blobs), "bytes": .int(report.bytes), "transactions": .int(report.transactions),
                "unpacked": ["layers": .int(kept.layers), "bytes": .int(kept.bytes)], "dryRun": .bool(dryRun),
            ],
            lines: ["\(verb) \(Units.bytes(report.bytes)) in \(Units.count(report.blobs, "blob"))"]
                + (kept.layers == 0
                    ? [] : ["\(verb) \(Units.bytes(kept.bytes)) in \(Units.count(kept.layers, "unpacked layer"))"]))
        return .fine
    }
}
