// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Terminal

struct ShellVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "shell", abstract: "Open a shell in a host or container of a replay.",
        discussion: """
            The shell is that of the container's user, where its image has it, else bash, else sh. PATH is HOST, \
            HOST/CONTAINER or deeper, by service or container name; left out or ".", it is the capsule, in the project's \
            folder. The exit status is the shell's.

            EXAMPLES
              envsnap shell before foo-host-corge/foo-app
              envsnap shell before

            \(exitStatusHelp(.notFound, .locked, .damaged, .unreachable))
            """)

    @Argument(help: "The replay.", completion: Completions.replays)
    var replay: String

    @Argument(help: "Where to open it.", completion: Completions.pathsInReplay)
    var path: String = ExecTarget.capsule

    @OptionGroup var options: GlobalOptions

    /// Chooses in the container, where alone it is known which shells there are; no more than sh is needed for it.
    static let script = #"""
        shell=
        if [ -r /etc/passwd ]; then
            user=$(id -u 2>/dev/null)
            while IFS=: read -r _ _ number _ _ _ shell; do
                [ "$number" = "$user" ] && break
                shell=
            done </etc/passwd
        fi
        case $shell in *nologin | */false | */sync) shell= ;; esac
        [ -n "$shell" ] && [ -x "$shell" ] || shell=$(command -v bash || command -v sh)
        export SHELL="$shell"
        exec "$shell"
        """#

    func run(_ context: CommandContext) async throws -> ExitStatus {
        guard RawTerminal.isInteractive else {
            throw Failure(
                "terminal", "a shell needs a terminal at standard input and output",
                hint: "for a script: envsnap exec \(replay.shellQuoted) \(path.shellQuoted) -- sh <FILE", status: .usage
            )
        }
        let library = try context.openLibrary()
        let running = try await context.running(replay, in: library)
        let target = try await ExecTarget(running: running, library: library).find(path)
        let ending = try await CommandSession(
            console: context.console, target: target, command: ["sh", "-c", Self.script],
            environment: context.environment
        ).run()
        guard case .refused(let refusal) = ending, refusal.status == 127 else {
            try ending.finish(on: context.console)
            return .fine
        }
        context.console.failure(
            code: "noCommand", message: "there is no shell in \(path)",
            hint: "envsnap cp \(replay):\(path):/FILE . fetches its files; envsnap exec runs what it has")
        throw ExitCode(refusal.status)
    }
}
