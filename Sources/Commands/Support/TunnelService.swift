// SPDX-License-Identifier: Apache-2.0
import Catalogue
import DockerEngine
import Foundation
import LiveEnvironment
import Replay
import Snapshots
import SystemPackage
import Terminal

/// Keeps a tunnel to an engine of a replay until the replay is gone, or until nobody has used it for long.
struct TunnelService {
    let context: CommandContext
    let library: SnapshotLibrary
    let tunnel: Tunnel
    /// How long it stays when nobody uses it.
    let idleLimit: Duration
    /// How often it looks whether it is still wanted.
    var pause = Duration.seconds(3)

    /// Serves until it is not wanted any more.
    ///
    /// - Throws: why the engine cannot be reached, before anything is served.
    func run() async throws {
        guard let claim = try tunnel.claim() else { return try await awaitOther() }
        defer { tunnel.release(claim) }
        let door = EngineDoor(context: context, library: library, replay: tunnel.replay, path: tunnel.path)
        let record = try await door.open()
        let relay = EngineRelay(path: tunnel.socket) { try await door.engine(after: $0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await relay.serve { try announce() } }
            group.addTask { try await watch(relay, record) }
            _ = try await group.next()
            group.cancelAll()
        }
    }

    private func announce() throws {
        guard chmod(tunnel.socket, 0o600) == 0 else { throw Errno(rawValue: errno) }
        StandardStream.output.write(Array((TunnelLauncher.readyLine + "\n").utf8))
    }

    /// Another process was faster.
    private func awaitOther() async throws {
        for _ in 0..<300 {
            if tunnel.isReady { return try announce() }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw Failure(
            "tunnel",
            "another process has begun to reach \(tunnel.path) of \(tunnel.replay) and has not come to an end",
            hint: "envsnap env --unset \(tunnel.replay), then try again", status: .failed)
    }

    private func watch(_ relay: EngineRelay, _ record: ReplayRecord) async throws {
        while isWanted(record), (relay.idleTime ?? .zero) < idleLimit { try await Task.sleep(for: pause) }
    }

    private func isWanted(_ record: ReplayRecord) -> Bool {
        guard FileManager.default.fileExists(atPath: library.folder.appending("catalogue.sqlite").string) else {
            return false
        }
        // A catalogue that is locked for a moment says nothing.
        guard let found = try? library.catalogue.replay(named: record.name) else {
            return (try? library.catalogue.replays().contains { $0.name == record.name }) ?? true
        }
        return found.capsuleContainer == record.capsuleContainer && found.createdAt == record.createdAt
    }
}
