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
        let pauses = try await LeftoverPauses(context: context, library: library).release()
        let removed = dryRun ? [] : try await removeLeftovers(context, library)
        let report = try library.collectGarbage(isDryRun: dryRun, sparing: pauses.stuck.map(\.folder))
        if report.spared > 0 {
            context.console.warn(
                "\(Units.count(report.spared, "file")) stay that may be what a snapshot without a row in the catalogue "
                    + "needs: envsnap check names it")
        }
        if !dryRun { _ = try? TunnelFolder(environment: context.environment).removeLeftovers() }
        let kept = try await LayerCache(of: library, access: LocalDataAccess()).removeAll(isDryRun: dryRun)
        let verb = dryRun ? "would free" : "freed"
        context.console.result(
            [
                "blobs": .int(report.blobs), "bytes": .int(report.bytes), "transactions": .int(report.transactions),
                "replays": .array(removed.map(JSONValue.string)),
                "unpacked": ["layers": .int(kept.layers), "bytes": .int(kept.bytes)], "dryRun": .bool(dryRun),
            ],
            lines: removed.map { "removed the half-made replay \($0)" } + [
                "\(verb) \(Units.bytes(report.bytes)) in \(Units.count(report.blobs, "blob"))"
            ]
                + (kept.layers == 0
                    ? [] : ["\(verb) \(Units.bytes(kept.bytes)) in \(Units.count(kept.layers, "unpacked layer"))"]))
        return .fine
    }

    /// What interrupted runs left on engines and beside the blobs; returns the names of half-made replays.
    private func removeLeftovers(_ context: CommandContext, _ library: SnapshotLibrary) async throws -> [String] {
        let leftovers = Leftovers(context: context, library: library)
        let halfMade = try await leftovers.removeHalfMade()
        for failure in halfMade.failed { context.console.warn("a half-made replay stays: \(failure)") }
        // Without an engine within reach only the store is looked at.
        if let engine = try? await context.connect() { _ = try? await HelperLeftovers(engine: engine).remove() }
        _ = try leftovers.removeStrayFiles()
        return halfMade.removed
    }
}
