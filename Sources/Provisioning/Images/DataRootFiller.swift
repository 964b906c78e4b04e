// SPDX-License-Identifier: Apache-2.0
import Archive
import EnvironmentModel
import LiveEnvironment
import OCI

/// Writes images of one engine's store below the data-root of an engine that has not been started yet.
struct DataRootFiller: Sendable {
    let images: EngineImages
    let access: any DataAccess
    let detail: @Sendable (String) -> Void

    /// How many bytes are handed over at a time.
    private static let pieceSize = 256 << 10

    /// Writes the images; returns whether they are there.
    ///
    /// What goes wrong leaves nothing behind, and is no failure: the
    /// images are loaded then.
    ///
    /// They are written aside and moved at the end, so that no engine finds half of them after a crash.
    func fill(_ root: String, with records: [ImageRecord]) async throws -> Bool {
        // What is compressed in containerd's store has no blob under its diffID.
        guard !records.isEmpty, records.allSatisfy(\.layerBlobs.isEmpty),
            let contents = try await images.contents(of: records), records.allSatisfy(contents.holds)
        else { return false }
        let (draft, access) = (root.appendingPath("envsnap.new"), access)
        do {
            try await remove(draft)
            try await ImageStoreWriter(root: draft, access: access).write(
                records, configuration: { try contents.read($0.config) },
                layer: { try await Self.put($0, of: contents, at: $1, by: access) })
            for folder in ["overlay2", "image"] {
                try await access.move(draft.appendingPath(folder), to: root.appendingPath(folder))
            }
            try await remove(draft)
            return true
        } catch {
            try? await remove(draft)
            guard !(error is CancellationError) else { throw error }
            detail("images are loaded by the engine: \(error)")
            return false
        }
    }

    private func remove(_ path: String) async throws {
        if try await access.kind(of: path) != nil { try await access.remove(path) }
    }

    private static func put(
        _ layer: Digest, of contents: StoredImages, at place: LayerPlace, by access: any DataAccess
    ) async throws -> Int64 {
        // A layer that says nothing of its root has an ordinary one.
        try await access.makeFolder(place.files, permissions: 0o755)
        return try await BlockingWork.produce(
            { send in
                var piece: [UInt8] = []
                try contents.open(layer).write { bytes in
                    piece += bytes
                    if piece.count >= pieceSize {
                        try send(piece)
                        piece.removeAll(keepingCapacity: true)
                    }
                }
                if !piece.isEmpty { try send(piece) }
            },
            to: { pipe in
                try await access.unpackLayer(into: place.files, recipe: place.recipe) {
                    let source = ChunkSource { try pipe.receive() }
                    return { try source.read(into: $0) }
                }
            })
    }
}
