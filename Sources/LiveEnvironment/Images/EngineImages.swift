// SPDX-License-Identifier: Apache-2.0
public import DockerEngine
public import EnvironmentModel
public import JSONTree
public import OCI

/// The images that an engine has.
public struct EngineImages: Sendable {
    private let engine: Engine
    private let paths: PathMap
    private let access: (any DataAccess)?

    /// The images of an engine.
    ///
    /// - Parameters:
    ///   - engine: The engine.
    ///   - paths: Where its files lie.
    ///   - access: How the files of its machine are read, where they can be.
    public init(engine: Engine, paths: PathMap = .outermost, access: (any DataAccess)?) {
        self.engine = engine
        self.paths = paths
        self.access = access
    }

    /// The image of a name; nil where there is none.
    ///
    /// - Throws: `LiveEnvironmentError` where containerd's store cannot be read.
    public func image(named name: String) async throws -> ImageRecord? {
        guard let inspect = try await inspect(name), let id = inspect["Id"].string else { return nil }
        let info = try await engine.info().value
        let record = EngineRecord(
            version: engine.version.value, info: info, apiVersion: engine.apiVersion.description)
        return try await ImageIdentity(engine: record, paths: paths, access: access).record(id: id, inspect: inspect)
    }

    /// The answer to `GET /images/NAME/json`; nil where there is no such image.
    public func inspect(_ name: String) async throws -> JSONValue? {
        do { return try await engine.inspectImage(name).value } catch let error as EngineError
            where error.code == .notFound
        {
            return nil
        }
    }

    /// The blobs of images in the engine's own store; nil where its files are not this machine's.
    public func contents(of images: [ImageRecord]) async throws -> StoredImages? {
        guard let access, access.isOnThisMachine else { return nil }
        let blobs = ImageBlobs(info: try await engine.info().value, paths: paths, access: access)
        var places: [Digest: ImageBlobs.Place] = [:]
        for image in images { places.merge(try await blobs.places(of: image)) { $1 } }
        return StoredImages(places: places)
    }

    /// The digests under which the engine's classic store knows its layers, each with all below it.
    public func chains() async throws -> Set<Digest> {
        var chains = Set<Digest>()
        for entry in try await engine.listImages().value.array ?? [] {
            guard let id = entry["Id"].string, let inspect = try await inspect(id) else { continue }
            let layers = inspect["RootFS"]["Layers"].strings.compactMap { try? Digest(parsing: $0) }
            chains.formUnion(try ImageBlobs.chains(of: layers))
        }
        return chains
    }
}
