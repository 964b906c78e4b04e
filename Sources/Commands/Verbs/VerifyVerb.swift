// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Catalogue
import EnvironmentModel
import JSONTree
import Replay
import Snapshots
import Terminal

struct VerifyVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Compare a running replay with its snapshot, field by field.",
        discussion: exitStatusHelp(.differs, .notFound, .damaged, .unreachable))

    @Argument(help: "The replay.")
    var replay: String

    @OptionGroup var options: GlobalOptions

    func run(_ context: CommandContext) async throws -> ExitStatus {
        let library = try context.openLibrary()
        let running = try await context.running(replay, in: library)
        let document = try library.document(running.record.snapshotID)
        let access = try? await AccessChooser(context: context, engine: running.outer).choose()
        let verdict = try await Verifier(access: access, report: context.report)
            .verdict(on: document, at: running.engine, paths: running.paths)
        let rendering = VerdictRendering(verdict: verdict, style: context.console.style)
        context.console.result(verdict.json, lines: rendering.lines(showsAllowed: options.verbose))
        return verdict.isExact ? .fine : .differs
    }
}
