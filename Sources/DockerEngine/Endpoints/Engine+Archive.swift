// SPDX-License-Identifier: Apache-2.0

extension Engine {
    /// What stands at a path in a container: `HEAD /containers/{id}/archive`.
    public func containerPathStat(_ id: String, path: String) async throws -> PathStat {
        let response = try await send(.head, "/containers/\(id)/archive", query: [("path", path)])
        guard let header = response.header("X-Docker-Container-Path-Stat") else {
            throw EngineError(.protocolViolation, "\(location) told nothing of \(path) in \(id)")
        }
        return try PathStat(header: header)
    }

    /// A file or folder of a container as a tar: `GET /containers/{id}/archive`.
    ///
    /// Until the stream is read to its end or closed, the engine holds the container's lock: `inspect`, `exec`,
    /// `pause` and `stop` of *this container* wait, and with them every new connection to an engine inside it
    /// (measured on 20.10; moby unlocks "until the archive is fully read"). Read it to disk before anything else.
    public func readArchive(_ id: String, path: String) async throws -> ByteStream {
        try await download("/containers/\(id)/archive", query: [("path", path)], ending: .tar)
    }

    /// Unpacks a tar, plain or compressed, into a folder of a container: `PUT /containers/{id}/archive`.
    ///
    /// - Parameters:
    ///   - id: The container.
    ///   - path: The folder in it.
    ///   - archive: The tar, piece by piece.
    ///   - keepsKinds: Whether to refuse to put a file in the place of a folder, or the other way.
    ///   - copiesOwners: Whether the owners in the tar count.
    public func writeArchive<Body: AsyncSequence>(
        _ id: String, path: String, archive: Body, keepsKinds: Bool = false, copiesOwners: Bool = false
    ) async throws where Body.Element == [UInt8] {
        let query =
            [("path", path)] + flag("noOverwriteDirNonDir", keepsKinds) + flag("copyUIDGID", copiesOwners)
        try await upload(.put, "/containers/\(id)/archive", query: query, body: archive)
    }
}
