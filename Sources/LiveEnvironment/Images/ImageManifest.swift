// SPDX-License-Identifier: Apache-2.0
public import EnvironmentModel
import Hashing
import JSONTree
public import OCI

/// The manifest under which an image is loaded.
///
/// One that came from containerd's store keeps its own, so that its id stays. The classic store keeps none: then it is
/// made, always in the same form, so that containerd's store gives the image the same id each time.
public struct ImageManifest: Sendable {
    /// Its bytes.
    public let bytes: [UInt8]
    /// Their digest.
    public let digest: Digest
    /// Its media type.
    public let mediaType: String

    /// The manifest of an image whose blobs are there.
    public init(of image: ImageRecord, in contents: any ImageContents) throws {
        if let first = image.manifests.first {
            bytes = try contents.read(first)
            digest = first
            let json = try JSONValue(parsing: bytes)
            let isIndex = json["manifests"].array != nil
            mediaType =
                json["mediaType"].string
                ?? (isIndex ? MediaType.imageIndex : .imageManifest).rawValue
        } else {
            bytes = try Self.canonical(image, contents)
            digest = try SHA256Hasher.digest(of: bytes)
            mediaType = MediaType.imageManifest.rawValue
        }
    }

    private static func canonical(_ image: ImageRecord, _ contents: any ImageContents) throws -> [UInt8] {
        let sizes = try contents.sizes(of: image.blobs)
        func descriptor(_ digest: Digest, _ type: MediaType) -> JSONValue {
            [
                "mediaType": .string(type.rawValue), "digest": .string(digest.description),
                "size": .int(sizes[digest] ?? 0),
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
