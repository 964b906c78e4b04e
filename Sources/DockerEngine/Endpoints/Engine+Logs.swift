// SPDX-License-Identifier: Apache-2.0

extension Engine {
    /// What a container has written: `GET /containers/{id}/logs`.
    ///
    /// - Parameters:
    ///   - id: The container.
    ///   - options: Which part of it.
    ///   - framing: `.raw` where the container has a terminal: `Config.Tty` of its inspect tells.
    public func containerLogs(
        _ id: String, options: LogOptions = LogOptions(), framing: Framing = .multiplexed
    ) async throws -> FrameStream {
        // A log that is followed may be silent for ever, and the head may come with its first line only.
        let body = try await body(
            "/containers/\(id)/logs", query: options.query, timeLimit: options.follow ? .none : .standard,
            stallLimit: options.follow ? .none : .standard)
        return FrameStream(body, framing: framing)
    }
}
