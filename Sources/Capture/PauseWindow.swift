// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import EnvironmentModel
import JSONTree
import LiveEnvironment

/// Holds containers paused while something is done, and sets them going again whatever happens.
struct PauseWindow: Sendable {
    let journal: PauseJournal
    let report: @Sendable (String) -> Void

    private struct Leaf: Sendable {
        let engine: Engine
        let container: ContainerRecord
    }

    /// Pauses the running ones of the given containers, runs the body, and unpauses just those.
    ///
    /// Returns the body's result and how long the first paused container stood still.
    func hold<Result: Sendable>(
        _ containers: [(ObservedEngine, [ContainerRecord])], while body: @Sendable () async throws -> Result
    ) async throws -> (Result, Duration) {
        let leaves = containers.flatMap { observed, containers in
            containers.filter { $0.status == "running" }.map {
                (observed, Leaf(engine: observed.engine, container: $0))
            }
        }
        guard !leaves.isEmpty else { return (try await body(), .zero) }
        try journal.write(entries(containers))
        report("pausing \(leaves.count == 1 ? "1 container" : "\(leaves.count) containers")")
        let clock = ContinuousClock()
        let start = clock.now
        let outcome: Swift.Result<Result, any Error>
        do {
            for (_, leaf) in leaves { try await pause(leaf) }
            outcome = .success(try await body())
        } catch {
            outcome = .failure(error)
        }
        // A task of its own, because a cancelled one could no longer speak with an engine.
        try await Task { try await unpause(leaves.map(\.1)) }.value
        let length = clock.now - start
        try journal.remove()
        return (try outcome.get(), length)
    }

    private func entries(_ containers: [(ObservedEngine, [ContainerRecord])]) -> [PauseJournal.Entry] {
        containers.flatMap { observed, containers in
            containers.filter { $0.status == "running" }.map {
                PauseJournal.Entry(hosts: observed.hostIDs, container: $0.id)
            }
        }
    }

    /// A container that has ended meanwhile needs no pause.
    private func pause(_ leaf: Leaf) async throws {
        try await awaitEndOfHealthCheck(of: leaf)
        do { try await leaf.engine.pauseContainer(leaf.container.id) } catch let error as EngineError
            where error.code == .conflict || error.code == .notFound
        {
            report("\(leaf.container.name) ended before it could be paused")
        }
    }

    /// Whether a container is paused, or cannot be asked; one that has ended or is gone is not.
    private func mayBePaused(_ leaf: Leaf) async -> Bool {
        do {
            return try await leaf.engine.inspectContainer(leaf.container.id).value["State"]["Status"] == "paused"
        } catch let error as EngineError where error.code == .notFound {
            return false
        } catch {
            return true
        }
    }

    /// A health check that begins in a frozen container holds its engine up until the check's own time is over, which is
    /// 30 s unless set; so a pause does not begin while one runs.
    private func awaitEndOfHealthCheck(of leaf: Leaf) async throws {
        guard leaf.container.health != nil else { return }
        for _ in 0..<50 {
            let inspect = try await leaf.engine.inspectContainer(leaf.container.id).value
            if inspect["ExecIDs"].isEmpty { return }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private func unpause(_ leaves: [Leaf]) async throws {
        var failures: [String] = []
        for leaf in leaves {
            do { try await leaf.engine.unpauseContainer(leaf.container.id) } catch let error as EngineError
                where error.code == .notFound
            {
                continue
            } catch {
                guard await mayBePaused(leaf) else { continue }
                failures.append("\(leaf.container.name): \(error)")
            }
        }
        guard failures.isEmpty else {
            throw CaptureError(
                .unpauseFailed, "containers stayed paused: \(failures.joined(separator: "; "))",
                hint: "envsnap doctor sets them going again")
        }
    }
}
