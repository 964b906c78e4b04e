// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Glibc
import Replay
import Terminal

/// What `env` leaves in the background; of no use to people.
struct TunnelVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "tunnel", abstract: "Keep an engine of a replay reachable at a socket.", shouldDisplay: false)

    @Argument(help: "The replay.")
    var replay: String

    @Argument(help: "The engine's path.")
    var path: String

    @Option(help: "How long it stays when nobody uses it, in seconds.")
    var idle: Int

    @OptionGroup var options: GlobalOptions

    func run(_ context: CommandContext) async throws -> ExitStatus {
        let tunnel = try TunnelFolder(environment: context.environment)
            .tunnel(to: path, of: replay, store: context.storePath)
        let library = try context.openLibrary()
        // No folder is to be held by what runs for hours.
        chdir("/")
        try await TunnelService(
            context: context, library: library, tunnel: tunnel, idleLimit: .seconds(idle)
        ).run()
        return .fine
    }
}
