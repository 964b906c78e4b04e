// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Terminal

struct ExecVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "exec", abstract: "Run a command in a host or container of a replay.",
        discussion: """
            PATH is HOST, HOST/CONTAINER or deeper, by service or container name; "." is the capsule itself, in the \
            project's folder. The command reads standard input, and has a terminal where this one has. The exit status is \
            the command's; 127 where there is no such command, 126 where it cannot be run.

            EXAMPLES
              envsnap exec before foo-host-corge/postgres -- psql -U postgres -c 'select 1'
              envsnap exec before . -- docker-compose ps
              envsnap exec before foo-host-corge/postgres -- psql -U postgres <dump.sql

            \(exitStatusHelp(.notFound, .locked, .damaged, .unreachable))
            """)

    @Argument(help: "The replay.", completion: Completions.replays)
    var replay: String

    @Argument(help: "Where to run it.", completion: Completions.pathsInReplay)
    var path: String

    @Argument(parsing: .postTerminator, help: "The command.")
    var command: [String] = []

    @OptionGroup var options: GlobalOptions

    func validate() throws {
        if command.isEmpty { throw ValidationError("a command is missing: envsnap exec REPLAY PATH -- COMMAND") }
    }

    func run(_ context: CommandContext) async throws -> ExitStatus {
        let library = try context.openLibrary()
        let running = try await context.running(replay, in: library)
        let target = try await ExecTarget(running: running, library: library).find(path)
        let session = CommandSession(
            console: context.console, target: target, command: command, environment: context.environment)
        try await session.run().finish(on: context.console)
        return .fine
    }
}
