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
    let report: @Sendable (String) -> Void

    /// Where one layer stands in the store.
    private struct Layer: Sendable {
        let digest: Digest
        let chain: Digest
        let parent: Digest?
        /// The links of the layers below, the nearest first.
        let below: [String]

        /// The layer's folder; any name that is no other's will do.
        var folder: String { chain.hex }
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
        let content = "\(root)/overlay2/\(layer.folder)"
        let record = "\(root)/image/overlay2/layerdb/sha256/\(layer.chain.hex)"
        // A layer that says nothing of its root has an ordinary one.
        try await access.makeFolder("\(content)/diff", permissions: 0o755)
        try await access.makeFolder(record, permissions: 0o700)
        let library = library
        let size = try await access.unpackLayer(into: "\(content)/diff", recipe: "\(record)/tar-split.json.gz") {
            let source = try library.openBlob(layer.digest)
            return { try source.read(into: $0) }
        }
        try await access.writeFile("\(content)/link", Array(layer.link.utf8))
        try await access.writeFile("\(content)/committed", [])
        try await access.makeLink("\(root)/overlay2/l/\(layer.link)", to: "../\(layer.folder)/diff")
        if !layer.below.isEmpty {
            try await access.makeFolder("\(content)/work", permissions: 0o700)
            let lower = layer.below.map { "l/\($0)" }.joined(separator: ":")
            try await access.writeFile("\(content)/lower", Array(lower.utf8))
        }
        try await access.writeFile("\(record)/cache-id", Array(layer.folder.utf8))
        try await access.writeFile("\(record)/diff", Array(layer.digest.description.utf8))
        try await access.writeFile("\(record)/size", Array(String(size).utf8))
        if let parent = layer.parent {
            try await access.writeFile("\(record)/parent", Array(parent.description.utf8))
        }
    }
}
