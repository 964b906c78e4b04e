// SPDX-License-Identifier: Apache-2.0
// https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md#guidelines-for-artifact-usage

public import Catalogue
import JSONTree
public import OCI

/// A snapshot as an OCI artifact: the environment document is its config, the blobs are its layers.
///
/// The same snapshot, stored the same way, gives the same bytes. Bundles and registries carry the same manifest.
public struct SnapshotManifest: Sendable {
    /// The snapshot's id, which is the digest of its environment document.
    public let snapshot: Digest
    /// The number of the document's bytes.
    public let documentSize: Int64
    /// The blobs that come with it, in the order of their stored digests.
    public let blobs: [BlobRecord]
    /// The snapshots whose blobs were left out.
    public let bases: [Digest]

    /// What each name of an annotation is.
    enum Annotation {
        static let kind = "io.envsnap.blob.kind"
        static let rawDigest = "io.envsnap.blob.raw-digest"
        static let rawSize = "io.envsnap.blob.raw-size"
        static let bases = "io.envsnap.snapshot.bases"
    }

    /// The most bytes of a manifest: what registries take (distribution's `maxManifestBodySize`).
    static let largestSize = 4 << 20

    init(snapshot: Digest, documentSize: Int64, blobs: some Collection<BlobRecord>, bases: [Digest] = []) {
        self.snapshot = snapshot
        self.documentSize = documentSize
        self.blobs = blobs.sorted { ($0.storedDigest, $0.rawDigest) < ($1.storedDigest, $1.rawDigest) }
        self.bases = bases.sorted()
    }

    /// The number of all blobs' stored bytes.
    public var storedSize: Int64 { blobs.reduce(0) { $0 + $1.storedSize } }

    /// The manifest's bytes, canonical JSON.
    var bytes: [UInt8] { json.canonicalBytes }

    private var json: JSONValue {
        var object = JSONObject([
            "schemaVersion": 2, "mediaType": .string(MediaType.imageManifest.rawValue),
            "artifactType": .string(MediaType.snapshot.rawValue),
            "config": Self.descriptor(.environment, snapshot, documentSize),
            "layers": .array(blobs.map(Self.layer)),
        ])
        if !bases.isEmpty {
            let list = bases.map(\.description).joined(separator: ",")
            object["annotations"] = [Annotation.bases: .string(list)]
        }
        return .object(object)
    }

    private static func layer(_ blob: BlobRecord) -> JSONValue {
        var annotations = JSONObject([
            Annotation.rawDigest: .string(blob.rawDigest.description),
            Annotation.rawSize: .string(String(blob.rawSize)),
        ])
        annotations[Annotation.kind] = blob.kind.map(JSONValue.string)
        return descriptor(
            blob.encoding == .zstd ? .blobZstd : .blob, blob.storedDigest, blob.storedSize, .object(annotations))
    }

    /// A descriptor; without annotations where null is given.
    static func descriptor(
        _ type: MediaType, _ digest: Digest, _ size: Int64, _ annotations: JSONValue = .null
    ) -> JSONValue {
        var object = JSONObject([
            "mediaType": .string(type.rawValue), "digest": .string(digest.description), "size": .int(size),
        ])
        if !annotations.isEmpty { object["annotations"] = annotations }
        return .object(object)
    }
}
