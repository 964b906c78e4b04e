// SPDX-License-Identifier: Apache-2.0

extension Engine {
    /// The images, with those between layers where asked: `GET /images/json`.
    public func listImages(all: Bool = false, filters: [String: [String]] = [:]) async throws -> RawJSON {
        try await json(.get, "/images/json", query: flag("all", all) + filterItems(filters))
    }

    /// All the engine knows of an image: `GET /images/{name}/json`.
    public func inspectImage(_ name: String, at version: APIVersion? = nil) async throws -> RawJSON {
        try await json(.get, "/images/\(reference: name)/json", at: version)
    }

    /// The steps an image was built in: `GET /images/{name}/history`.
    public func imageHistory(_ name: String) async throws -> RawJSON {
        try await json(.get, "/images/\(reference: name)/history")
    }

    /// Gives an image one more name: `POST /images/{name}/tag`.
    public func tagImage(_ name: String, repository: String, tag: String) async throws {
        try await send(
            .post, "/images/\(reference: name)/tag", query: [("repo", repository), ("tag", tag)])
    }

    /// Removes a name, and the image with its last one: `DELETE /images/{name}`.
    @discardableResult
    public func removeImage(_ name: String, force: Bool = false, keepsParents: Bool = false) async throws -> RawJSON {
        try await json(
            .delete, "/images/\(reference: name)", query: flag("force", force) + flag("noprune", keepsParents),
            timeLimit: .after(limits.bulk))
    }
}
