// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import LiveEnvironment
import OCI
import Snapshots

/// Puts images into the data-root of an engine that has not been started yet, past its API.
///
/// `docker load` writes the archive to disk, unpacks each layer from there and hashes it, one after the other. The classic
/// image store with overlay2 can be written as it stands on disk, all layers side by side (moby's `image/fs.go`,
/// `layer/filestore.go` and `daemon/graphdriver/overlay2/overlay.go`). The engine finds the images when it starts; what it
/// does not find is loaded as ever.
struct DataRootSeeder: Sendable {
    let library: SnapshotLibrary
    let access: any DataAccess
    /// The name of the replay that the engine belongs to; nil where its layers are not to be used again.
    let replay: String?
    let report: @Sendable (String) -> Void

    /// Where one layer stands in the store.
    private struct Layer: Sendable {
        let digest: Digest
        let chain: Digest
        let parent: Digest?
        /// The links of the layers below, the nearest first.
        let below: [String]

        /// The short name by which mounts name it, of 26 characters as the engine makes them.
        var link: String { String(chain.hex.uppercased().prefix(26)) }
    }

    /// Seeds the data-root; one that holds images already is left alone.
    ///
    /// What goes wrong leaves nothing behind, and is no failure: the images are loaded then.
    func seed(_ images: [ImageRecord], into root: String) async throws {
        guard try await access.kind(of: "\(root)/image") == nil else { return }
        // What is compressed in containerd's store has no blob under its diffID.
        let images = images.filter(\.layerBlobs.isEmpty)
        guard !images.isEmpty else { return }
        do {
            try await write(images, into: root)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            report("images are loaded by the engine: \(error)")
            for folder in ["image", "overlay2"] { try await access.remove("\(root)/\(folder)") }
        }
    }

    private func write(_ images: [ImageRecord], into root: String) async throws {
        for folder in ["overlay2/l", "image/overlay2/imagedb/content/sha256", "image/overlay2/layerdb/sha256"] {
            try await access.makeFolder("\(root)/\(folder)", permissions: 0o710)
        }
        let layers = try layers(of: images)
        try await SideBySide.forEach(layers) { try await write($0, into: root) }
        for image in images {
            try await access.writeFile(
                "\(root)/image/overlay2/imagedb/content/sha256/\(image.config.hex)", try library.readBlob(image.config))
        }
    }

    /// Each layer of each image once.
    private func layers(of images: [ImageRecord]) throws -> [Layer] {
        var known: [Digest: Layer] = [:]
        for image in images {
            var parent: Layer?
            for (digest, chain) in zip(image.layers, try ImageBlobs.chains(of: image.layers)) {
                let below = parent.map { [$0.link] + $0.below } ?? []
                let layer = Layer(digest: digest, chain: chain, parent: parent?.chain, below: below)
                known[chain] = layer
                parent = layer
            }
        }
        return known.values.sorted { $0.chain < $1.chain }
    }

    private func write(_ layer: Layer, into root: String) async throws {
        let place = SeededLayer.Place(root: root, chain: layer.chain)
        try await access.makeFolder(place.folder, permissions: 0o710)
        try await access.makeFolder(place.record, permissions: 0o700)
        let size = try await put(layer, at: place)
        try await access.writeFile("\(place.folder)/link", Array(layer.link.utf8))
        try await access.writeFile("\(place.folder)/committed", [])
        try await access.makeLink("\(root)/overlay2/l/\(layer.link)", to: "../\(layer.chain.hex)/diff")
        if !layer.below.isEmpty {
            try await access.makeFolder("\(place.folder)/work", permissions: 0o700)
            let lower = layer.below.map { "l/\($0)" }.joined(separator: ":")
            try await access.writeFile("\(place.folder)/lower", Array(lower.utf8))
        }
        try await access.writeFile("\(place.record)/cache-id", Array(layer.chain.hex.utf8))
        try await access.writeFile("\(place.record)/diff", Array(layer.digest.description.utf8))
        try await access.writeFile("\(place.record)/size", Array(String(size).utf8))
        if let parent = layer.parent {
            try await access.writeFile("\(place.record)/parent", Array(parent.description.utf8))
        }
    }

    /// Brings the layer's files to their place, those that an earlier replay has left where there are any.
    private func put(_ layer: Layer, at place: SeededLayer.Place) async throws -> Int64 {
        // What is kept lies in the store, which a helper does not see.
        guard let replay, access is LocalDataAccess else { return try await unpack(layer, to: place) }
        let cache = LayerCache(of: library, access: access, detail: report)
        let size: Int64
        if let kept = try await cache.take(place) { size = kept } else { size = try await unpack(layer, to: place) }
        try await cache.note(place, size: size, of: replay)
        return size
    }

    private func unpack(_ layer: Layer, to place: SeededLayer.Place) async throws -> Int64 {
        // A layer that says nothing of its root has an ordinary one.
        try await access.makeFolder(place.files, permissions: 0o755)
        let library = library
        return try await access.unpackLayer(into: place.files, recipe: place.recipe) {
            let source = try library.openBlob(layer.digest)
            return { try source.read(into: $0) }
        }
    }
}
