// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import JSONTree
import LiveEnvironment
import OCI
import Snapshots
import SystemPackage

/// The cache of unpacked layers, as an engine in a capsule sees it.
struct SharedLayers: Sendable {
    /// Where capsules have the cache.
    static let mountPoint = "/var/lib/envsnap/layers"

    private let cache: LayerCache

    /// The layers of a store, for an engine whose data-root lies at a path of this machine.
    ///
    /// Nil where they cannot stand in for a copy: on another machine, on another file system, or while garbage is collected.
    init?(of library: SnapshotLibrary, for dataRoot: String, access: any DataAccess) {
        guard access.isLocal, let cache = try? LayerCache(of: library) else { return nil }
        self.cache = cache
        guard cache.sharesFileSystem(with: FilePath(dataRoot)) else { return nil }
    }

    /// The mount by which a capsule has them.
    var mount: JSONValue {
        [
            "Type": "bind", "Source": .string(cache.folder.string), "Target": .string(Self.mountPoint),
            "ReadOnly": true,
        ]
    }

    /// What a link to the files of a layer says in a capsule.
    func target(of layer: LayerCache.Layer) -> String {
        FilePath(Self.mountPoint).appending(layer.files.components.suffix(2)).string
    }

    /// A layer, unpacked now where it is not there yet.
    func layer(_ digest: Digest, library: SnapshotLibrary, access: any DataAccess) async throws -> LayerCache.Layer {
        let cache = cache
        if let present = try await BlockingWork.run({ cache.layer(digest) }) { return present }
        return try await cache.add(digest) { files, recipe in
            try await library.unpackLayer(digest, into: files.string, recipe: recipe.string, by: access)
        }
    }
}

extension SnapshotLibrary {
    /// Unpacks a layer into a folder, which is made where it is missing; returns the sum of its files' sizes.
    func unpackLayer(
        _ digest: Digest, into folder: String, recipe: String, by access: any DataAccess
    ) async throws -> Int64 {
        // A layer that says nothing of its root has an ordinary one.
        try await access.makeFolder(folder, permissions: 0o755)
        return try await access.unpackLayer(into: folder, recipe: recipe) {
            let source = try self.openBlob(digest)
            return { try source.read(into: $0) }
        }
    }
}
