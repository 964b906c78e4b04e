// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import JSONTree
import OCI

/// Finds out what an image is, whatever the engine's store calls it.
///
/// In the classic store an image's id is the digest of its configuration. In containerd's it is that of a manifest or an
/// index, and what it leads to stands only in the contents themselves.
struct ImageIdentity {
    private let containerd: ContainerdFiles?
    private let isContainerd: Bool
    private let location: String

    init(engine: EngineRecord, paths: PathMap, access: (any DataAccess)?) {
        isContainerd = engine.usesContainerdStore
        containerd = access.flatMap {
            ContainerdFiles(info: engine.info, dataRoot: engine.dataRoot, paths: paths, access: $0)
        }
        location = engine.info["Name"].string ?? "the engine"
    }

    /// The record of an image.
    ///
    /// - Throws: `LiveEnvironmentError` where the contents of containerd's store cannot be read.
    func record(id: String, inspect: JSONValue) async throws -> ImageRecord {
        // <none>:<none> stands for "no tag" before API 1.43.
        // Those of envsnap's own belong to replays that run on the same engine.
        let tags = inspect["RepoTags"].strings.filter { $0 != "<none>:<none>" && !$0.hasPrefix("envsnap/") }
        let layers = try inspect["RootFS"]["Layers"].strings.map { try Digest(parsing: $0) }
        let digest = try Digest(parsing: id)
        var record = ImageRecord(id: id, config: digest, layers: layers, tags: tags.sorted(), inspect: inspect)
        guard isContainerd else { return record }
        record.manifests = [digest]
        var manifest = try await json(digest)
        if let own = try await present(in: manifest, inspect: inspect) {
            record.manifests.append(own)
            manifest = try await json(own)
        }
        guard let config = manifest["config"]["digest"].string else { throw unreadable(digest) }
        record.config = try Digest(parsing: config)
        let blobs = try (manifest["layers"].array ?? []).map { try Digest(parsing: $0["digest"].string ?? "") }
        record.layerBlobs = blobs == layers ? [] : blobs
        return record
    }

    /// The manifest of an index that is for the image's platform; nil where it is no index.
    private func present(in index: JSONValue, inspect: JSONValue) async throws -> Digest? {
        for entry in index["manifests"].array ?? [] {
            let platform = entry["platform"]
            guard platform.isNull || platform["architecture"] == inspect["Architecture"],
                platform.isNull || platform["os"] == inspect["Os"],
                let digest = try? Digest(parsing: entry["digest"].string ?? ""),
                try await containerd?.content(digest) != nil
            else { continue }
            return digest
        }
        return nil
    }

    private func json(_ digest: Digest) async throws -> JSONValue {
        guard let bytes = try await containerd?.content(digest) else { throw unreadable(digest) }
        return try JSONValue(parsing: bytes)
    }

    private func unreadable(_ digest: Digest) -> LiveEnvironmentError {
        LiveEnvironmentError(
            .dataOutOfReach, "the manifest \(digest.short) in containerd's image store of \(location) cannot be read",
            hint: "run envsnap as root on the engine's machine")
    }
}
