// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import JSONTree
import LiveEnvironment
import Steps

/// Watches the containers of a compose project until each runs, is healthy, has done what it had to do, or has failed.
struct ServiceWatch: Sendable {
    let engine: Engine
    /// What finds the project's containers.
    let filters: [String: [String]]
    /// What stands before a container's name where its state is printed, as `foo-host-corge/`.
    let prefix: String
    let limit: Duration
    let report: StepReport

    private static let interval = Duration.milliseconds(200)
    /// A program that cannot work ends in its first moments.
    private static let trial = Duration.milliseconds(500)

    /// The containers as they are now.
    func states() async throws -> [ServiceState] {
        let listed = try await engine.listContainers(all: true, filters: filters).value.array ?? []
        // What `run` leaves behind belongs to nobody any more.
        return listed.filter { $0["Labels"]["com.docker.compose.oneoff"].string != "True" }
            .map(ServiceState.init(listed:)).sorted { ($0.service, $0.container) < ($1.service, $1.container) }
    }

    /// The containers once nothing changes any more, or the time is over.
    func settled() async throws -> [ServiceState] {
        let clock = ContinuousClock()
        let start = clock.now
        var known: [String: String] = [:]
        while true {
            let states = try await states()
            for state in states where known[state.id] != state.state {
                known[state.id] = state.state
                report("\(prefix)\(state.service): \(state.state)")
            }
            let isQuiet = !states.contains { $0.phase == .changing }
            let isProven = !states.contains(where: \.isFresh) || clock.now - start >= Self.trial
            if isQuiet && isProven || clock.now - start >= limit { return states }
            try await Task.sleep(for: Self.interval)
        }
    }

    /// The last lines that a container has written.
    func lastWords(of container: String) async -> String {
        var bytes: [UInt8] = []
        var options = LogOptions()
        options.tail = 3
        let hasTerminal = (try? await engine.inspectContainer(container)["Config"]["Tty"].bool) == true
        guard
            let log = try? await engine.containerLogs(
                container, options: options, framing: hasTerminal ? .raw : .multiplexed)
        else { return "" }
        do { for try await chunk in log { bytes += chunk.bytes } } catch { return "" }
        let lines = LineSplitter.lines(bytes[...]).map { $0.drop(while: \.isWhitespace) }
        return lines.joined(separator: "; ")
    }
}
