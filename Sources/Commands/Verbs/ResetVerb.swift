// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import JSONTree
import LiveEnvironment
import Replay
import Terminal

struct ResetVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "reset", abstract: "Put a running replay back to its snapshot, and compare the two.",
        discussion: """
            What was done in the replay since it was made is thrown away: files, containers, volumes, networks and images, \
            at all levels. Processes are started anew. Images, networks and the engines of hosts stay where nothing about \
            them was changed, so that it takes a fraction of the time of a replay.

            EXAMPLES
              envsnap reset before            the replay "before", as it was

            \(exitStatusHelp(.differs, .notFound, .locked, .damaged, .unreachable))
            """)

    @Argument(help: "The replay.", completion: Completions.replays)
    var replay: String

    @OptionGroup var options: GlobalOptions

    func run(_ context: CommandContext) async throws -> ExitStatus {
        let library = try context.openLibrary()
        let running = try await context.running(replay, in: library)
        let chooser = AccessChooser(context: context, engine: running.outer, imageUse: .again)
        let result = try await chooser.with { access in
            let resetter = Resetter(
                engine: running.engine, paths: running.paths, outer: running.outer, library: library, access: access,
                report: context.report)
            return try await resetter.reset(running.record)
        }
        return ReplayRendering(result: result, outcome: "is as it was captured").show(context, options)
    }
}
