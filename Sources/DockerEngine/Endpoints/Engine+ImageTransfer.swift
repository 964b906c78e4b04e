// SPDX-License-Identifier: Apache-2.0

public import JSONTree

extension Engine {
    /// Images as one tar: `GET /images/get`.
    ///
    /// An image asked for by id comes without names. The stream throws where the engine fails in the middle.
    public func saveImages(_ names: [String]) async throws -> ByteStream {
        // An engine packs nothing before it has looked the layers up; large images take their time.
        try await download(
            "/images/get", query: names.map { ("names", $0) }, ending: .tar, timeLimit: .after(limits.bulk))
    }

    /// Loads the images of a tar and returns what the engine said meanwhile: `POST /images/load`.
    ///
    /// - Throws: `EngineError` with `.engineFailure` also for an error that came after the status 200.
    @discardableResult
    public func loadImages<Body: AsyncSequence>(_ archive: Body) async throws -> [JSONValue]
    where Body.Element == [UInt8] {
        let response = try await upload(.post, "/images/load", query: [("quiet", "1")], body: archive)
        return try LoadProgress.values(in: response.bytes)
    }

    /// Makes an image of one layer from a tar of a file system and returns its id: `POST /images/create?fromSrc=-`.
    ///
    /// - Parameters:
    ///   - archive: The tar, piece by piece.
    ///   - repository: The name of the image.
    ///   - tag: The tag of it.
    ///   - changes: Instructions of a Dockerfile, such as `CMD ["sh"]`.
    ///   - message: What the image's history says.
    ///   - platform: The platform that it is for.
    public func importImage<Body: AsyncSequence>(
        _ archive: Body, repository: String? = nil, tag: String? = nil, changes: [String] = [],
        message: String? = nil, platform: String? = nil
    ) async throws -> String where Body.Element == [UInt8] {
        let query =
            [("fromSrc", "-")] + item("repo", repository) + item("tag", tag) + item("message", message)
            + item("platform", platform) + changes.map { ("changes", $0) }
        let response = try await upload(.post, "/images/create", query: query, body: archive)
        let values = try LoadProgress.values(in: response.bytes)
        guard let id = values.compactMap({ $0["status"].string }).last(where: { $0.hasPrefix("sha256:") }) else {
            throw EngineError(.protocolViolation, "\(location) imported an image but told no id")
        }
        return id
    }
}
