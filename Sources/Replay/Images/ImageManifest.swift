// SPDX-License-Identifier: Apache-2.0
import Catalogue
import EnvironmentModel
import Hashing
import JSONTree
import OCI
import Snapshots

/// The manifest under which an image is loaded.
///
/// One that came from containerd's store keeps its own, so that its id stays. The classic store keeps none: then it is
/// made, always in the same form, so that containerd's store gives the image the same id each time.
struct ImageManifest: Sendable {
    /// Its bytes.
    let bytes: [UInt8]
    /// Their digest.
    let digest: Digest
    /// Its media type.
    let mediaType: String

    init(of image: ImageRecord, in library: SnapshotLibrary) throws {
        if let first = image.manifests.first {
            bytes = try library.readBlob(first)
            digest = first
            let json = try JSONValue(parsing: bytes)
            let isIndex = json["manifests"].array != nil
            mediaType =
                json["mediaType"].string
                ?? (isIndex ? MediaType.imageIndex : .imageManifest).rawValue
        } else {
            bytes = try Self.canonical(image, library)
            digest = try SHA256Hasher.digest(of: bytes)
            mediaType = MediaType.imageManifest.rawValue
        }
    }

    private static func canonical(_ image: ImageRecord, _ library: SnapshotLibrary) throws -> [UInt8] {
        let known = try library.knownBlobs(image.blobs)
        func descriptor(_ digest: Digest, _ type: MediaType) -> JSONValue {
            [
                "mediaType": .string(type.rawValue), "digest": .string(digest.description),
                "size": .int(known[digest]?.rawSize ?? 0),
            ]
        }
        let manifest: JSONValue = [
            "schemaVersion": 2, "mediaType": .string(MediaType.imageManifest.rawValue),
            "config": descriptor(image.config, .imageConfig),
            "layers": .array(image.layers.map { descriptor($0, .layerTar) }),
        ]
        return manifest.canonicalBytes
    }
}
