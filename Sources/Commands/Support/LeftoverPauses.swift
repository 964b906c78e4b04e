// SPDX-License-Identifier: Apache-2.0
import Capture
import ContentStore
import DockerEngine
import JSONTree
import Snapshots
import SystemPackage
import Terminal

/// Sets containers going again that a capture had paused before it was killed.
struct LeftoverPauses {
    /// What came of it.
    struct Outcome {
        /// The names of the containers that go on.
        var released: [String] = []
        /// Captures whose containers may still be paused, and why nothing could be done.
        var stuck: [Stuck] = []
    }

    /// A capture whose containers may still be paused.
    struct Stuck {
        /// The folder with its journal, which has to stay.
        let folder: FilePath
        let reason: String
    }

    let context: CommandContext
    let library: SnapshotLibrary

    /// Unpauses what dead captures left paused; where that is not possible, it is told and the journal stays.
    @discardableResult
    func release() async throws -> Outcome {
        var outcome = Outcome()
        for folder in try library.store.deadTransactions() {
            let journal = PauseJournal(folder: folder)
            guard journal.exists else { continue }
            do {
                outcome.released += try await release(journal)
                try journal.remove()
            } catch is CancellationError { throw CancellationError() } catch {
                outcome.stuck.append(Stuck(folder: folder, reason: Failure(error).message))
            }
        }
        for container in outcome.released {
            context.console.warn(
                "the container \(container) was left paused by a capture that was killed; it runs again")
        }
        for stuck in outcome.stuck {
            context.console.warn(
                "a capture that was killed may have left containers paused, and nothing can be done now: \(stuck.reason)"
            )
        }
        return outcome
    }

    private func release(_ journal: PauseJournal) async throws -> [String] {
        let address = try journal.engineAddress().map {
            try EngineAddress.resolve(recorded: $0, environment: context.environment)
        }
        let outermost = try await Engine.connect(to: try address ?? context.engineAddress())
        defer { Task { await outermost.close() } }
        var released: [String] = []
        for entry in try journal.entries() {
            if let name = try await release(entry, on: outermost) { released.append(name) }
        }
        return released
    }

    /// Unpauses a container and returns its name; nil where it is not paused, or gone.
    private func release(_ entry: PauseJournal.Entry, on outermost: Engine) async throws -> String? {
        var engine = outermost
        for host in entry.hosts {
            do { engine = try await engine.nested(inContainer: host) } catch let error as EngineError
                where [.notFound, .hostNotRunning].contains(error.code)
            {
                // What was in a host that has ended has ended with it; in one that somebody paused it has not.
                guard try await status(of: host, on: engine) == "paused" else { return nil }
                throw error
            }
        }
        do { try await engine.unpauseContainer(entry.container) } catch let error as EngineError
            where [.notFound, .conflict, .engineFailure].contains(error.code)
        {
            guard try await status(of: entry.container, on: engine) == "paused" else { return nil }
            throw error
        }
        let name = try? await engine.inspectContainer(entry.container).value["Name"].string
        return String((name ?? "/" + entry.container.prefix(12)).dropFirst())
    }

    /// The status of a container; nil where there is none.
    private func status(of container: String, on engine: Engine) async throws -> String? {
        do { return try await engine.inspectContainer(container).value["State"]["Status"].string } catch let error
            as EngineError where error.code == .notFound
        {
            return nil
        }
    }
}
