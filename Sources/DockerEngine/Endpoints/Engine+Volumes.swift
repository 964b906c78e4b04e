// SPDX-License-Identifier: Apache-2.0

public import JSONTree

extension Engine {
    /// The volumes, under `Volumes`: `GET /volumes`.
    public func listVolumes(filters: [String: [String]] = [:]) async throws -> RawJSON {
        try await json(.get, "/volumes", query: filterItems(filters))
    }

    /// All the engine knows of a volume: `GET /volumes/{name}`.
    public func inspectVolume(_ name: String) async throws -> RawJSON { try await json(.get, "/volumes/\(name)") }

    /// Makes a volume; one that exists is returned as it is: `POST /volumes/create`.
    @discardableResult
    public func createVolume(_ body: JSONValue) async throws -> RawJSON {
        try await json(.post, "/volumes/create", body: .json(body))
    }

    /// Removes a volume: `DELETE /volumes/{name}`.
    public func removeVolume(_ name: String, force: Bool = false) async throws {
        try await send(.delete, "/volumes/\(name)", query: flag("force", force), timeLimit: .after(limits.stall))
    }
}
