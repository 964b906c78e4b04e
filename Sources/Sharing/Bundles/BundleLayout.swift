// SPDX-License-Identifier: Apache-2.0
// https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md

import Archive
import JSONTree
import OCI

/// The members of a bundle before the blobs, and their names.
enum BundleLayout {
    static let marker = "oci-layout"
    static let markerBytes = Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8)
    static let index = "index.json"

    static func blob(_ digest: Digest) -> String { "blobs/\(Digest.algorithm)/\(digest.hex)" }

    /// A regular file of nobody in particular, so that the bytes depend on the content alone.
    static func entry(_ name: String, size: Int64) -> ArchiveEntry {
        ArchiveEntry(path: Array(name.utf8), kind: .file(size: size), mode: 0o644)
    }

    /// The annotation of the manifest's descriptor that carries a signature of it.
    static let signature = "io.envsnap.signature"

    /// The index of a layout with this one manifest; the tag is the beginning of the snapshot's id.
    static func indexBytes(
        manifest: Digest, size: Int, of snapshot: Digest, signature: BundleSignature? = nil
    ) -> [UInt8] {
        var annotations = JSONObject(["org.opencontainers.image.ref.name": .string(snapshot.short)])
        if let signature { annotations[Self.signature] = .string(signature.armour) }
        var descriptor =
            SnapshotManifest.descriptor(.imageManifest, manifest, Int64(size), .object(annotations)).object
            ?? JSONObject()
        descriptor["artifactType"] = .string(MediaType.snapshot.rawValue)
        let index: JSONValue = [
            "schemaVersion": 2, "mediaType": .string(MediaType.imageIndex.rawValue),
            "manifests": [.object(descriptor)],
        ]
        return index.canonicalBytes
    }
}
