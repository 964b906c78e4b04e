// SPDX-License-Identifier: Apache-2.0
import DockerEngine
public import EnvironmentModel
import JSONTree

/// Runs commands by the shell of a container, each within a time limit.
public struct ProbeRunner: Sendable {
    private let engine: Engine
    private let container: ContainerRecord
    private let name: String

    /// The shell's process id comes first, so that it can be killed: the API ends no command.
    private static let script = #"echo $$; exec sh -c "$1""#

    /// A runner in one container.
    public init(in located: ObservedEngine.Located) {
        engine = located.engine
        container = located.container
        name = located.name
    }

    /// Makes sure that a probe can be run: the container runs and has a shell.
    ///
    /// - Throws: `LiveEnvironmentError` that says what is missing.
    public func check() async throws {
        guard container.status == "running" else {
            throw LiveEnvironmentError(
                .noSuchContainer, "no probe can be run in \(name): it is \(container.stateText)",
                hint: "a probe needs a container that runs")
        }
        guard case .notRun(let reason) = try await run(":", within: .seconds(20)).ending else { return }
        throw LiveEnvironmentError(
            .noShell, "no probe can be run in \(name): \(reason)",
            hint: "a probe is run by \"sh -c\"; where an image has no shell, probe it from another container")
    }

    /// Runs a command and says what came of it.
    ///
    /// One that does not end in time is killed, with its process group. A command that was not even started is
    /// tried again: runc gives up on one now and then.
    ///
    /// - Throws: `CancellationError` alone.
    public func run(_ command: String, within limit: Duration) async throws -> ProbeResult {
        var result = try await attempt(command, within: limit)
        for _ in 0..<2 {
            guard case .notRun = result.ending else { return result }
            try await Task.sleep(for: .milliseconds(200))
            result = try await attempt(command, within: limit)
        }
        return result
    }

    private func attempt(_ command: String, within limit: Duration) async throws -> ProbeResult {
        let clock = ContinuousClock()
        let start = clock.now
        let collector = ProbeCollector()
        var ending: ProbeResult.Ending
        do {
            let session = try await engine.exec(
                inContainer: container.id, command: ["sh", "-c", Self.script, "sh", command])
            ending = try await self.ending(of: session, collector, within: limit)
        } catch {
            try Task.checkCancellation()
            ending = .notRun(String(describing: error))
        }
        try Task.checkCancellation()
        let duration = clock.now - start
        if case .exited(let status) = ending, collector.process == nil {
            let words = collector.complaint
            ending = .notRun(words.isEmpty ? "its shell ended with \(status) before it began" : words)
        }
        let streams = collector.streams
        return ProbeResult(
            ending: ending, stdout: streams.stdout, stderr: streams.stderr,
            milliseconds: duration.components.seconds * 1000
                + duration.components.attoseconds / 1_000_000_000_000_000)
    }

    private func ending(
        of session: ExecSession, _ collector: ProbeCollector, within limit: Duration
    ) async throws -> ProbeResult.Ending {
        try await withThrowingTaskGroup(of: ProbeResult.Ending.self) { group in
            group.addTask {
                for try await chunk in session.output { collector.add(chunk) }
                return .exited(Int64(try await session.exitCode(timeLimit: .none)))
            }
            group.addTask {
                try await Task.sleep(for: limit)
                return try await overdue(session, collector)
            }
            defer { group.cancelAll() }
            let ending = try await group.next() ?? .timedOut
            await session.close()
            return collector.isKilled ? .timedOut : ending
        }
    }

    /// What became of a command whose time is over: what it left behind may hold its output open after its end.
    private func overdue(_ session: ExecSession, _ collector: ProbeCollector) async throws -> ProbeResult.Ending {
        let state = try await engine.inspectExec(session.id)
        if state["Running"].bool == false, let status = state["ExitCode"].int { return .exited(status) }
        if let process = collector.markKilled() {
            let kill = "kill -9 -- -\(process) 2>/dev/null || kill -9 \(process)"
            _ = try? await engine.run(
                inContainer: container.id, command: ["sh", "-c", kill], timeLimit: .after(.seconds(10)))
        }
        return .timedOut
    }
}
