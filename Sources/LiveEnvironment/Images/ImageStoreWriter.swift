// SPDX-License-Identifier: Apache-2.0
public import EnvironmentModel
public import OCI

/// Writes images below the data-root of an engine that has not been started yet, past its API.
///
/// `docker load` writes the archive to disk, unpacks each layer from there and hashes it, one after the other. The classic
/// image store with overlay2 can be written as it stands on disk, all layers side by side (moby's `image/fs.go`,
/// `layer/filestore.go` and `daemon/graphdriver/overlay2/overlay.go`).
public struct ImageStoreWriter: Sendable {
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

    private let root: String
    private let access: any DataAccess

    /// A writer below a data-root without images.
    public init(root: String, access: any DataAccess) {
        self.root = root
        self.access = access
    }

    /// Writes images; what stands there after a failure has to be removed.
    ///
    /// - Parameters:
    ///   - images: The images.
    ///   - configuration: Gives the bytes of an image's configuration.
    ///   - put: Brings a layer's files and its recipe to their place and returns the sum of the files' sizes.
    public func write(
        _ images: [ImageRecord], configuration: (ImageRecord) async throws -> [UInt8],
        layer put: @escaping @Sendable (Digest, LayerPlace) async throws -> Int64
    ) async throws {
        for folder in ["overlay2/l", "image/overlay2/imagedb/content/sha256", "image/overlay2/layerdb/sha256"] {
            try await access.makeFolder("\(root)/\(folder)", permissions: 0o710)
        }
        let layers = try layers(of: images)
        try await SideBySide.forEach(layers) { try await write($0, put) }
        for image in images {
            try await access.writeFile(
                "\(root)/image/overlay2/imagedb/content/sha256/\(image.config.hex)", try await configuration(image))
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

    private func write(
        _ layer: Layer, _ put: @escaping @Sendable (Digest, LayerPlace) async throws -> Int64
    ) async throws {
        let place = LayerPlace(root: root, chain: layer.chain)
        try await access.makeFolder(place.folder, permissions: 0o710)
        try await access.makeFolder(place.record, permissions: 0o700)
        let size = try await put(layer.digest, place)
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
}
