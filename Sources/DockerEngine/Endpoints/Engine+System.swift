// SPDX-License-Identifier: Apache-2.0

extension Engine {
    /// Whether the engine answers: `GET /_ping`.
    public func ping() async throws { try await send(.get, "/_ping", timeLimit: .after(limits.connect)) }

    /// Whether the engine answers within a time, also where the task is cancelled.
    public func answers(within limit: Duration) async -> Bool {
        await Task { (try? await send(.get, "/_ping", timeLimit: .after(limit))) != nil }.value
    }

    /// What the engine is and how it is set up: `GET /info`.
    public func info() async throws -> RawJSON { try await json(.get, "/info") }
}
