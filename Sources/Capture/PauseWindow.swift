// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import EnvironmentModel
import JSONTree
import LiveEnvironment
import Steps

/// Holds containers paused while something is done, and sets them going again whatever happens.
struct PauseWindow: Sendable {
    let journal: PauseJournal
    /// The container ids of the hosts in which the captured engine itself stands.
    var above: [String] = []
    let report: StepReport

    private struct Leaf: Sendable {
        let engine: Engine
        let container: ContainerRecord
    }

    private struct Failure: Sendable {
        let leaf: Leaf
        let error: any Error
    }

    /// Pauses the running ones of the given containers, runs the body, and unpauses just those.
    ///
    /// Returns the body's result and how long the first paused container stood still.
    func hold<Result: Sendable>(
        _ containers: [(ObservedEngine, [ContainerRecord])], while body: @Sendable () async throws -> Result
    ) async throws -> (Result, Duration) {
        let leaves = containers.map { observed, containers in
            containers.filter { $0.status == "running" }.map { Leaf(engine: observed.engine, container: $0) }
        }.filter { !$0.isEmpty }
        guard !leaves.isEmpty else { return (try await body(), .zero) }
        let entries = entries(containers)
        try journal.write(entries)
        report("pausing \(entries.count == 1 ? "1 container" : "\(entries.count) containers")")
        let clock = ContinuousClock()
        let start = clock.now
        let outcome: Swift.Result<Result, any Error>
        do {
            try await pause(leaves)
            outcome = .success(try await body())
        } catch {
            outcome = .failure(error)
        }
        try await unpause(leaves)
        let length = clock.now - start
        try journal.remove()
        return (try outcome.get(), length)
    }

    private func entries(_ containers: [(ObservedEngine, [ContainerRecord])]) -> [PauseJournal.Entry] {
        containers.flatMap { observed, containers in
            containers.filter { $0.status == "running" }.map {
                PauseJournal.Entry(hosts: above + observed.hostIDs, container: $0.id)
            }
        }
    }

    /// Does something with each leaf, all engines and several leaves of each at the same time, and returns what failed, in
    /// the order of the leaves; a failure does not end the rest, nor does an end that somebody asks for, unless an engine
    /// does not answer.
    private func forEach(
        _ leaves: [[Leaf]], _ body: @escaping @Sendable (Leaf) async throws -> Void
    ) async -> [Failure] {
        await withTaskGroup(of: (Int, [Failure]).self) { group in
            for (index, leaves) in leaves.enumerated() {
                group.addTask {
                    let engine = leaves[0].engine
                    do {
                        let failures = try await CleanUp.run(on: engine) {
                            try await SideBySide.map(leaves, atMost: engine.concurrency) { leaf -> Failure? in
                                do { try await body(leaf) } catch { return Failure(leaf: leaf, error: error) }
                                return nil
                            }
                        }
                        return (index, failures.compactMap(\.self))
                    } catch {
                        return (index, leaves.map { Failure(leaf: $0, error: error) })
                    }
                }
            }
            var failures = [[Failure]](repeating: [], count: leaves.count)
            for await (index, failed) in group { failures[index] = failed }
            return failures.flatMap(\.self)
        }
    }

    /// Every pause that is asked for is also awaited: one that came after its unpause would last.
    private func pause(_ leaves: [[Leaf]]) async throws {
        let failures = await forEach(leaves, pause)
        if let first = failures.first { throw first.error }
        try Task.checkCancellation()
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

    private func unpause(_ leaves: [[Leaf]]) async throws {
        let failures = await forEach(leaves, unpause)
        guard failures.isEmpty else {
            let list = failures.map { "\($0.leaf.container.name): \($0.error)" }.joined(separator: "; ")
            throw CaptureError(
                .unpauseFailed, "containers stayed paused: \(list)", hint: "envsnap doctor sets them going again")
        }
    }

    private func unpause(_ leaf: Leaf) async throws {
        do { try await leaf.engine.unpauseContainer(leaf.container.id) } catch let error as EngineError
            where error.code == .notFound
        {
            return
        } catch {
            guard await mayBePaused(leaf) else { return }
            throw error
        }
    }
}
