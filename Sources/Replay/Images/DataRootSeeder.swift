// SPDX-License-Identifier: Apache-2.0
import Archive
import EnvironmentModel
import LiveEnvironment
import OCI
import Snapshots
import Steps

/// Puts images into the data-root of an engine that has not been started yet, past its API.
///
/// The engine finds the images when it starts; what it does not find is loaded as ever.
struct DataRootSeeder: Sendable {
    let library: SnapshotLibrary
    let access: any DataAccess
    /// The name of the replay that the engine belongs to; nil where its layers are not to be used again.
    let replay: String?
    let report: StepReport

    /// Seeds the data-root; one that holds images already is left alone.
    ///
    /// What goes wrong leaves nothing behind, and is no failure: the images are loaded then.
    ///
    /// - Parameter owner: What the engine is called.
    func seed(_ images: [ImageRecord], of owner: String, into root: String) async throws {
        guard try await access.kind(of: "\(root)/image") == nil else { return }
        // What is compressed in containerd's store has no blob under its diffID.
        let images = images.filter(\.layerBlobs.isEmpty)
        guard !images.isEmpty else { return }
        do {
            let size = try library.size(of: images.flatMap(\.layers))
            try await report.measuring("unpacking images of \(owner)", bytes: size) {
                try await write(images, into: root, $0)
            }
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            report("images are loaded by the engine: \(error)")
            for folder in ["image", "overlay2"] { try await access.remove("\(root)/\(folder)") }
        }
    }

    private func write(_ images: [ImageRecord], into root: String, _ progress: StepMeter) async throws {
        let library = library
        try await ImageStoreWriter(root: root, access: access).write(
            images, configuration: { try library.readBlob($0.config) }, layer: { try await put($0, at: $1, progress) })
    }

    /// Brings the layer's files to their place, those that an earlier replay has left where there are any.
    private func put(_ layer: Digest, at place: LayerPlace, _ progress: StepMeter) async throws -> Int64 {
        // What is kept lies in the store, which a helper does not see.
        guard let replay, access is LocalDataAccess else {
            return try await unpack(layer, to: place, progress)
        }
        let cache = LayerCache(of: library, access: access, detail: { report($0) })
        let size: Int64
        if let kept = try await cache.take(place) {
            size = kept
            progress.add(kept)
        } else {
            size = try await unpack(layer, to: place, progress)
        }
        try await cache.note(place, size: size, of: replay)
        return size
    }

    private func unpack(_ layer: Digest, to place: LayerPlace, _ progress: StepMeter) async throws -> Int64 {
        // A layer that says nothing of its root has an ordinary one.
        try await access.makeFolder(place.files, permissions: 0o755)
        let library = library
        return try await access.unpackLayer(into: place.files, recipe: place.recipe) {
            let source = try library.openBlob(layer)
            return progress.counting { try source.read(into: $0) }
        }
    }
}
