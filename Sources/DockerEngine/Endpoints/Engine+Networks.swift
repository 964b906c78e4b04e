// SPDX-License-Identifier: Apache-2.0

public import JSONTree

extension Engine {
    /// The networks: `GET /networks`.
    public func listNetworks(filters: [String: [String]] = [:]) async throws -> RawJSON {
        try await json(.get, "/networks", query: filterItems(filters))
    }

    /// All the engine knows of a network: `GET /networks/{id}`.
    public func inspectNetwork(_ id: String, verbose: Bool = false) async throws -> RawJSON {
        try await json(.get, "/networks/\(id)", query: flag("verbose", verbose))
    }

    /// Makes a network: `POST /networks/create`.
    public func createNetwork(_ body: JSONValue, at version: APIVersion? = nil) async throws -> Created {
        try await Created(json(.post, "/networks/create", body: .json(body), at: version))
    }

    /// Connects a container to a network, with the settings of the endpoint: `POST /networks/{id}/connect`.
    public func connectNetwork(_ id: String, container: String, endpoint: JSONValue) async throws {
        let body: JSONValue = ["Container": .string(container), "EndpointConfig": endpoint]
        try await send(.post, "/networks/\(id)/connect", body: .json(body))
    }

    /// Disconnects a container from a network: `POST /networks/{id}/disconnect`.
    public func disconnectNetwork(_ id: String, container: String, force: Bool = false) async throws {
        let body: JSONValue = ["Container": .string(container), "Force": .bool(force)]
        try await send(.post, "/networks/\(id)/disconnect", body: .json(body))
    }

    /// Removes a network: `DELETE /networks/{id}`.
    public func removeNetwork(_ id: String) async throws { try await send(.delete, "/networks/\(id)") }
}
