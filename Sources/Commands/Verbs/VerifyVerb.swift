// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Catalogue
import EnvironmentModel
import JSONTree
import LiveEnvironment
import Replay
import Snapshots
import Terminal

struct VerifyVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Compare a running replay with its snapshot, field by field.",
        discussion: """
            With --data the files are compared as well: folders, volumes and writable layers. What the programs of the
            replay have written since they were started differs then, as it should.

            EXAMPLES
              envsnap verify before           what its engines say of it
              envsnap verify before --data    and what has become of its files

            \(exitStatusHelp(.differs, .notFound, .damaged, .unreachable))
            """)

    @Argument(help: "The replay.")
    var replay: String

    @Flag(help: "Compare the files too.")
    var data = false

    @OptionGroup var options: GlobalOptions

    func run(_ context: CommandContext) async throws -> ExitStatus {
        let library = try context.openLibrary()
        let running = try await context.running(replay, in: library)
        let document = try library.document(running.record.snapshotID)
        let verdict: Verdict
        do {
            verdict = try await AccessChooser(context: context, engine: running.outer).with { access in
                try await self.verdict(on: document, of: running, in: library, by: access, context)
            }
        } catch let error as LiveEnvironmentError where error.code == .helperFailed && !data {
            // Without files the fields that engines show can still be compared.
            verdict = try await self.verdict(on: document, of: running, in: library, by: nil, context)
        }
        let rendering = VerdictRendering(verdict: verdict, style: context.console.style)
        context.console.result(verdict.json, lines: rendering.lines(showsAllowed: options.verbose))
        return verdict.isExact ? .fine : .differs
    }

    private func verdict(
        on document: EnvironmentDocument, of running: RunningReplay, in library: SnapshotLibrary,
        by access: (any DataAccess)?, _ context: CommandContext
    ) async throws -> Verdict {
        let found = try await Verifier(access: access, report: context.report)
            .look(at: running.engine, of: running.record.mode, for: document, paths: running.paths)
        var verdict = EnvironmentComparison(captured: document.engine, found: found.wholeRecord).verdict()
        guard data, let access else { return verdict }
        let differences = try await DataVerifier(library: library, access: access, report: context.report)
            .differences(on: document, found: found, treesBelow: running.treesFolder(in: library))
        for difference in differences { verdict.add(difference.verdict) }
        return verdict
    }
}
