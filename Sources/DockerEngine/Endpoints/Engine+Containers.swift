// SPDX-License-Identifier: Apache-2.0

public import JSONTree

extension Engine {
    /// The containers, also those that do not run unless told otherwise: `GET /containers/json`.
    public func listContainers(
        all: Bool = true, filters: [String: [String]] = [:], size: Bool = false
    ) async throws -> RawJSON {
        try await json(
            .get, "/containers/json", query: flag("all", all) + flag("size", size) + filterItems(filters))
    }

    /// All the engine knows of a container: `GET /containers/{id}/json`.
    public func inspectContainer(
        _ id: String, size: Bool = false, at version: APIVersion? = nil, timeLimit: TimeLimit = .standard
    ) async throws -> RawJSON {
        try await json(.get, "/containers/\(id)/json", query: flag("size", size), at: version, timeLimit: timeLimit)
    }

    /// Makes a container: `POST /containers/create`.
    ///
    /// - Parameters:
    ///   - name: Its name; the engine chooses one unless given.
    ///   - body: The settings, as the API takes them.
    ///   - platform: The platform of the image, where there are several.
    ///   - version: An older version of the API where its meaning is wanted, such as the defaults it has for IPC and
    ///     cgroup namespaces.
    public func createContainer(
        name: String?, body: JSONValue, platform: String? = nil, at version: APIVersion? = nil
    ) async throws -> Created {
        try await Created(
            json(
                .post, "/containers/create", query: item("name", name) + item("platform", platform),
                body: .json(body), at: version))
    }

    /// Gives a container another name: `POST /containers/{id}/rename`.
    public func renameContainer(_ id: String, to name: String) async throws {
        try await send(.post, "/containers/\(id)/rename", query: [("name", name)])
    }

    /// Changes limits and the restart policy of a container: `POST /containers/{id}/update`.
    @discardableResult
    public func updateContainer(_ id: String, body: JSONValue) async throws -> RawJSON {
        try await json(.post, "/containers/\(id)/update", body: .json(body))
    }

    /// Removes a container, with its anonymous volumes where asked: `DELETE /containers/{id}`.
    ///
    /// One that is being removed already, as for a client that was killed meanwhile, is waited for: the engine refuses a
    /// second removal (moby's daemon/delete.go).
    public func removeContainer(_ id: String, force: Bool = false, volumes: Bool = false) async throws {
        do {
            try await send(
                .delete, "/containers/\(id)", query: flag("force", force) + flag("v", volumes),
                timeLimit: .after(limits.stall))
        } catch let refusal as EngineError where refusal.isRemovalInProgress {
            do { _ = try await waitContainer(id, until: .removed, timeLimit: .after(limits.stall)) } catch let error
                as EngineError where error.code == .notFound
            {
                return
            }
        }
    }

    /// The paths a container has changed in its writable layer: `GET /containers/{id}/changes`.
    ///
    /// The answer is null, not an empty array, where there are none.
    public func containerChanges(_ id: String) async throws -> RawJSON {
        try await json(.get, "/containers/\(id)/changes", timeLimit: .after(limits.stall))
    }

    /// The processes of a container: `GET /containers/{id}/top`.
    public func containerTop(_ id: String, psArguments: String? = nil) async throws -> RawJSON {
        try await json(.get, "/containers/\(id)/top", query: item("ps_args", psArguments))
    }
}

extension EngineError {
    /// Nothing but the text tells it from other conflicts.
    fileprivate var isRemovalInProgress: Bool { code == .conflict && message.contains("is already in progress") }
}
