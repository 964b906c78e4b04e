// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import DockerEngine
import JSONTree
import Terminal

struct LogsVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Show what a host or container of a replay has written.",
        discussion: """
            Standard output and standard error of the container go to the same streams here. PATH is HOST, HOST/CONTAINER \
            or deeper, by service or container name; "." is the capsule, whose log is that of its engine.

            EXAMPLES
              envsnap logs before foo-host-corge/postgres --tail 20
              envsnap logs before foo-host-corge/foo-app -f --since 10m

            \(exitStatusHelp(.notFound, .locked, .damaged, .unreachable))
            """)

    @Argument(help: "The replay.", completion: Completions.replays)
    var replay: String

    @Argument(help: "The host or container.", completion: Completions.pathsInReplay)
    var path: String

    @Flag(name: [.short, .long], help: "Go on with what is written from now on.")
    var follow = false

    @Option(help: ArgumentHelp("How many lines from the end; all unless given.", valueName: "number"))
    var tail: Int?

    @Option(help: ArgumentHelp("From when on: 10m ago, 2026-11-29T14:00:00Z, or Unix seconds.", valueName: "time"))
    var since: LogMoment?

    @Flag(name: [.short, .long], help: "Begin each line with its time.")
    var timestamps = false

    @OptionGroup var options: GlobalOptions

    func validate() throws {
        if let tail, tail < 0 { throw ValidationError("--tail is a number of lines, 0 or more") }
    }

    func run(_ context: CommandContext) async throws -> ExitStatus {
        let library = try context.openLibrary()
        let running = try await context.running(replay, in: library)
        let target = try await ExecTarget(running: running, library: library).find(path)
        let inspect = try await target.engine.inspectContainer(target.container).value
        var logs = LogOptions()
        logs.follow = follow
        logs.tail = tail
        logs.since = since?.seconds
        logs.timestamps = timestamps
        let framing: Framing = inspect["Config"]["Tty"].bool == true ? .raw : .multiplexed
        let output = try await target.engine.containerLogs(target.container, options: logs, framing: framing)
        do {
            for try await chunk in output {
                // Whoever reads has enough, as `head` has.
                guard context.console.raw(chunk.bytes, toStandardError: chunk.stream == .stderr) else { break }
            }
        } catch {
            await output.close()
            // Control-C is how following ends; there is nothing to tell of.
            guard follow, Task.isCancelled else { throw error }
            return .interrupted
        }
        await output.close()
        return .fine
    }
}
