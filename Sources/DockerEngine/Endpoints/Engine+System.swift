// SPDX-License-Identifier: Apache-2.0

extension Engine {
    /// Whether the engine answers: `GET /_ping`.
    public func ping() async throws { try await send(.get, "/_ping", timeLimit: .after(limits.connect)) }

    /// What the engine is and how it is set up: `GET /info`.
    public func info() async throws -> RawJSON { try await json(.get, "/info") }
}
