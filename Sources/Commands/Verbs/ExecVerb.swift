// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import DockerEngine
import EnvironmentModel
import Foundation
import JSONTree
import LiveEnvironment
import Snapshots
import Terminal

struct ExecVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "exec", abstract: "Run a command in a host or container of a replay.",
        discussion: """
            PATH is HOST, HOST/CONTAINER or deeper, by service or container name; "." is the capsule itself, in the \
            project's folder. The exit status is the command's.

            EXAMPLES
              envsnap exec before foo-host-corge/postgres -- psql -U postgres -c 'select 1'
              envsnap exec before . -- docker-compose ps

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
        var options = ExecOptions()
        options.workingDirectory = target.workingDirectory
        options.environment = target.environment
        options.input = isatty(STDIN_FILENO) == 0
        let session = try await target.engine.exec(
            inContainer: target.container, command: command, options: options)
        // Not awaited: a pipe whose writer says nothing would outlast the command.
        let hasInput = options.input
        let input = Task { if hasInput { await Self.forwardInput(to: session) } }
        defer { input.cancel() }
        for try await chunk in session.output {
            context.console.raw(chunk.bytes, toStandardError: chunk.stream == .stderr)
        }
        let status = try await session.exitCode()
        await session.close()
        if status != 0 { throw ExitCode(Int32(status)) }
        return .fine
    }

    /// Sends standard input as it comes; a command that ends before it read everything is no failure.
    private static func forwardInput(to session: ExecSession) async {
        do {
            for try await chunk in FileHandle.standardInput.chunks { try await session.write(chunk) }
            try await session.closeInput()
        } catch {
            return
        }
    }
}
