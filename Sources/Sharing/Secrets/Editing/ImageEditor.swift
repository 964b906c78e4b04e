// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import Hashing
import OCI
import Snapshots

/// Replaces secrets in the configurations of images, and follows their ids: an image is named by the digest of its
/// configuration or manifest, and others name it by that.
struct ImageEditor {
    let editor: SecretEditor
    let library: SnapshotLibrary
    let transaction: SnapshotTransaction

    /// Stores all images of a document; layers are taken over.
    ///
    /// From then on the editor replaces the ids that changed.
    ///
    /// - Returns: in how many places something was replaced.
    func edit(_ document: EnvironmentDocument) throws -> Int {
        let images = document.engine.enginesWithPaths().flatMap(\.engine.images)
        var originals: [Digest: [UInt8]] = [:]
        for image in images {
            for digest in [image.config] + image.manifests where originals[digest] == nil {
                originals[digest] = try library.readBlob(digest)
            }
        }
        let (edited, places) = try resolve(originals)
        for bytes in edited {
            _ = try transaction.putBlob(kind: "image") { sink in try bytes.withUnsafeBytes { try sink($0) } }
        }
        let layers = Set(images.flatMap { $0.layerBlobs.isEmpty ? $0.layers : $0.layerBlobs })
        let records = try library.knownBlobs(layers)
        for layer in layers.sorted() {
            guard let record = records[layer] else {
                throw SharingError(
                    .system, "the layer \(layer.short) is not in \(library.folder)",
                    hint: "envsnap check lists what is missing")
            }
            try transaction.share(record, of: library)
        }
        return places
    }

    /// Edits until no id changes any more: an image may name the one that it was built from.
    private func resolve(_ originals: [Digest: [UInt8]]) throws -> (edited: [[UInt8]], places: Int) {
        var ids: [Digest: Digest] = [:]
        while true {
            var places = 0
            var hasChanged = false
            var edited: [[UInt8]] = []
            for digest in originals.keys.sorted() {
                var bytes = originals[digest] ?? []
                places += try editor.editJSON(&bytes)
                edited.append(bytes)
                let new = try SHA256Hasher.digest(of: bytes)
                guard new != ids[digest] ?? digest else { continue }
                hasChanged = true
                ids[digest] = new
                editor.replace(Array(digest.hex.utf8), with: Array(new.hex.utf8))
            }
            if !hasChanged { return (edited, places) }
        }
    }
}
