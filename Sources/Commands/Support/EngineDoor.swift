// SPDX-License-Identifier: Apache-2.0
import Catalogue
import DockerEngine
import Snapshots

/// The engine at the end of a tunnel, found anew where its host was made anew, as by a reset.
actor EngineDoor {
    let context: CommandContext
    let library: SnapshotLibrary
    let replay: String
    let path: String
    private var engine: Engine?

    init(context: CommandContext, library: SnapshotLibrary, replay: String, path: String) {
        self.context = context
        self.library = library
        self.replay = replay
        self.path = path
    }

    /// Finds the engine and returns the replay's record.
    @discardableResult
    func open() async throws -> ReplayRecord {
        let running = try await context.running(replay, in: library)
        engine = try await ExecTarget(running: running, library: library).engine(at: path)
        return running.record
    }

    func engine(after failure: (any Error)?) async throws -> Engine {
        if failure != nil {
            await engine?.close()
            engine = nil
        }
        if engine == nil { try await open() }
        guard let engine else { throw CancellationError() }
        return engine
    }
}
