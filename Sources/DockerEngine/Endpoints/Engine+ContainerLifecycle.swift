// SPDX-License-Identifier: Apache-2.0

import JSONTree

extension Engine {
    /// Starts a container; one that runs already is left as it is: `POST /containers/{id}/start`.
    public func startContainer(_ id: String) async throws {
        try await send(.post, "/containers/\(id)/start", timeLimit: .after(limits.stall))
    }

    /// Stops a container; one that does not run is left as it is: `POST /containers/{id}/stop`.
    ///
    /// - Parameters:
    ///   - id: The container.
    ///   - graceSeconds: The time between the signal and SIGKILL; the container's own unless given.
    ///   - signal: The signal; the container's own unless given.
    public func stopContainer(_ id: String, graceSeconds: Int? = nil, signal: String? = nil) async throws {
        // The parameter `signal` came with 1.42; older engines ignore it.
        let query = item("t", graceSeconds.map(String.init)) + item("signal", signal)
        try await send(.post, "/containers/\(id)/stop", query: query, timeLimit: stopLimit(graceSeconds))
    }

    /// Stops and starts a container: `POST /containers/{id}/restart`.
    public func restartContainer(_ id: String, graceSeconds: Int? = nil) async throws {
        let query = item("t", graceSeconds.map(String.init))
        try await send(.post, "/containers/\(id)/restart", query: query, timeLimit: stopLimit(graceSeconds))
    }

    /// Sends a signal to a container's first process: `POST /containers/{id}/kill`.
    public func killContainer(_ id: String, signal: String = "SIGKILL") async throws {
        try await send(.post, "/containers/\(id)/kill", query: [("signal", signal)])
    }

    /// Freezes a container's processes; never do so with a host, its engine would freeze too:
    /// `POST /containers/{id}/pause`.
    public func pauseContainer(_ id: String) async throws { try await send(.post, "/containers/\(id)/pause") }

    /// Lets a frozen container go on: `POST /containers/{id}/unpause`.
    public func unpauseContainer(_ id: String) async throws { try await send(.post, "/containers/\(id)/unpause") }

    /// Waits for a container and returns its exit code: `POST /containers/{id}/wait`.
    public func waitContainer(
        _ id: String, until condition: WaitCondition = .notRunning, timeLimit: TimeLimit = .none
    ) async throws -> Int {
        let answer = try await json(
            .post, "/containers/\(id)/wait", query: [("condition", condition.rawValue)], timeLimit: timeLimit)
        if let message = answer["Error"]["Message"].string, !message.isEmpty {
            throw EngineError(.engineFailure, "\(location) could not wait for \(id): \(message)")
        }
        guard let code = answer["StatusCode"].int else {
            throw EngineError(.protocolViolation, "\(location) told no exit code of \(id)")
        }
        return Int(code)
    }

    /// A container may take its whole grace to stop, and its own grace is not known here.
    private func stopLimit(_ graceSeconds: Int?) -> TimeLimit {
        graceSeconds.map { .after(.seconds($0) + limits.request) } ?? .after(limits.bulk)
    }
}
