// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Catalogue
import JSONTree
import Replay
import Snapshots
import Steps
import Terminal

struct EnvVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "env", abstract: "Let docker, docker-compose and other programs use an engine of a replay.",
        discussion: """
            Prints the commands that set DOCKER_HOST, for a shell to obey. A process in the background keeps the way to the \
            engine open, one for each engine. It ends with the replay, by --unset, and when nothing has used it for four \
            hours (--idle).

            PATH is a host of the replay, or deeper; left out, the engine is that of the environment's own level.

            EXAMPLES
              envsnap env before                            what a shell is to obey
              eval "$(envsnap env before)"                  docker and docker-compose see what the capsule's engine has
              eval "$(envsnap env before foo-host-corge)"   what a host's engine has
              envsnap env before --shell fish | source
              eval "$(envsnap env --unset before)"          end it, and see this machine's engine again

            \(exitStatusHelp(.notFound, .locked, .damaged, .unreachable))
            """)

    @Argument(help: "The replay.", completion: Completions.replays)
    var replay: String?

    @Argument(help: "The host whose engine is meant.", completion: Completions.pathsInReplay)
    var path: String?

    @Option(help: "The shell's syntax: sh or fish; that of $SHELL unless given.")
    var shell: ShellSyntax?

    @Flag(help: "End the ways into the replay, or to the one engine, and print how to unset the variable.")
    var unset = false

    @Option(help: ArgumentHelp("How long it stays when nothing uses it.", valueName: "hours"))
    var idle: Double = 4

    @OptionGroup var options: GlobalOptions

    func validate() throws {
        if replay == nil, !unset { throw ValidationError("a replay is missing: envsnap env REPLAY [PATH]") }
        guard idle.isFinite, (0.001...8760).contains(idle) else {
            throw ValidationError("--idle is a number of hours up to 8760")
        }
    }

    func run(_ context: CommandContext) async throws -> ExitStatus {
        let folder = try TunnelFolder(environment: context.environment)
        if unset { return await endAll(in: folder, context) }
        guard let replay else { return .usage }
        let library = try context.openLibrary()
        guard try library.catalogue.replay(named: replay) != nil else {
            throw Failure("notFound", "no replay \"\(replay)\"", hint: "envsnap ps lists them", status: .notFound)
        }
        let tunnel = try folder.tunnel(to: path ?? ExecTarget.capsule, of: replay, store: context.storePath)
        if !tunnel.isReady { try await start(tunnel, context) }
        show(tunnel, context)
        return .fine
    }

    private func start(_ tunnel: Tunnel, _ context: CommandContext) async throws {
        context.report("reaching the engine")
        let seconds = max(1, Int(idle * 3600))
        let start = try await TunnelLauncher().start([
            "tunnel", tunnel.replay, tunnel.path, "--idle", String(seconds), "--store", context.storePath, "--json",
            "-q",
        ])
        guard case .failed(let words) = start else { return }
        throw Failure(toldBy: words)
    }

    private func show(_ tunnel: Tunnel, _ context: CommandContext) {
        let syntax = shell ?? ShellSyntax(environment: context.environment)
        let command = (["envsnap", "env", tunnel.replay] + (path.map { [$0] } ?? [])).map(\.shellQuoted)
        context.console.result(
            [
                "replay": .string(tunnel.replay), "path": .string(tunnel.path), "dockerHost": .string(tunnel.address),
                "process": tunnel.process.map { JSONValue.int(Int64($0)) } ?? .null,
            ],
            lines: syntax.leading(to: tunnel.address) + [syntax.obeying(command.joined(separator: " "))])
    }

    private func endAll(in folder: TunnelFolder, _ context: CommandContext) async -> ExitStatus {
        let current = context.environment["DOCKER_HOST"]
        for tunnel in folder.tunnels() {
            let isMeant =
                tunnel.store == context.storePath && tunnel.replay == replay
                && (path == nil || tunnel.path == path)
            if isMeant || replay == nil && tunnel.address == current { await tunnel.end() }
        }
        let syntax = shell ?? ShellSyntax(environment: context.environment)
        let command = (["envsnap", "env", "--unset"] + [replay, path].compactMap(\.self)).map(\.shellQuoted)
        context.console.result(
            ["unset": ["DOCKER_HOST"]],
            lines: syntax.leadingBack + [syntax.obeying(command.joined(separator: " "))])
        return .fine
    }
}

extension Failure {
    /// The failure that another envsnap has told as its envelope, or whatever else it said.
    fileprivate init(toldBy words: String) {
        let line = words.split(separator: "\n").last.map(String.init) ?? ""
        let error = (try? JSONValue(parsing: line))?["error"] ?? .null
        guard let code = error["code"].string, let message = error["message"].string else {
            self.init(
                "tunnel",
                "the process that was to keep the way open ended: \(words.isEmpty ? "without a word" : words)",
                status: .failed)
            return
        }
        let statuses: [String: ExitStatus] = [
            "notFound": .notFound, "noSuchPath": .notFound, "locked": .locked, "damaged": .damaged,
            "unreachable": .unreachable, "permission-denied": .unreachable, "timed-out": .unreachable,
            "not-an-engine": .unreachable, "untrusted": .unreachable, "interrupted": .interrupted,
        ]
        self.init(code, message, hint: error["hint"].string, status: statuses[code] ?? .failed)
    }
}
