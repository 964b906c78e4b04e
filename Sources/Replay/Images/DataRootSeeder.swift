// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import LiveEnvironment
import OCI
import Snapshots

/// Puts images into the data-root of an engine that has not been started yet, past its API.
///
/// The engine finds the images when it starts; what it does not find is loaded as ever.
struct DataRootSeeder: Sendable {
    let library: SnapshotLibrary
    let access: any DataAccess
    /// The name of the replay that the engine belongs to; nil where its layers are not to be used again.
    let replay: String?
    let report: @Sendable (String) -> Void

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
        let library = library
        try await ImageStoreWriter(root: root, access: access).write(
            images, configuration: { try library.readBlob($0.config) }, layer: { try await put($0, at: $1) })
    }

    /// Brings the layer's files to their place, those that an earlier replay has left where there are any.
    private func put(_ layer: Digest, at place: LayerPlace) async throws -> Int64 {
        // What is kept lies in the store, which a helper does not see.
        guard let replay, access is LocalDataAccess else { return try await unpack(layer, to: place) }
        let cache = LayerCache(of: library, access: access, detail: report)
        let size: Int64
        if let kept = try await cache.take(place) { size = kept } else { size = try await unpack(layer, to: place) }
        try await cache.note(place, size: size, of: replay)
        return size
    }

    private func unpack(_ layer: Digest, to place: LayerPlace) async throws -> Int64 {
        // A layer that says nothing of its root has an ordinary one.
        try await access.makeFolder(place.files, permissions: 0o755)
        let library = library
        return try await access.unpackLayer(into: place.files, recipe: place.recipe) {
            let source = try library.openBlob(layer)
            return { try source.read(into: $0) }
        }
    }
}
