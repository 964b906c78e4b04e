// SPDX-License-Identifier: Apache-2.0
// https://github.com/opencontainers/image-spec/blob/v1.1.1/media-types.md

/// The media type of a blob.
public struct MediaType: RawRepresentable, Hashable, Sendable, Codable {
    /// The type as text, as in RFC 6838.
    public let rawValue: String

    /// Takes the text as it is.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// An image or artifact manifest.
    public static let imageManifest: MediaType = "application/vnd.oci.image.manifest.v1+json"
    /// A list of manifests.
    public static let imageIndex: MediaType = "application/vnd.oci.image.index.v1+json"
    /// An image's configuration.
    public static let imageConfig: MediaType = "application/vnd.oci.image.config.v1+json"
    /// An uncompressed layer.
    public static let layerTar: MediaType = "application/vnd.oci.image.layer.v1.tar"
    /// A layer compressed by gzip.
    public static let layerTarGzip: MediaType = "application/vnd.oci.image.layer.v1.tar+gzip"
    /// A layer compressed by zstd.
    public static let layerTarZstd: MediaType = "application/vnd.oci.image.layer.v1.tar+zstd"
    /// The two bytes `{}`, which stand for an absent config or layer.
    public static let empty: MediaType = "application/vnd.oci.empty.v1+json"
    /// Bytes of no known kind.
    public static let octetStream: MediaType = "application/octet-stream"
    /// Any JSON document.
    public static let json: MediaType = "application/json"

    /// Docker's manifest, schema 2.
    public static let dockerManifest: MediaType = "application/vnd.docker.distribution.manifest.v2+json"
    /// Docker's list of manifests.
    public static let dockerManifestList: MediaType = "application/vnd.docker.distribution.manifest.list.v2+json"
    /// Docker's image configuration.
    public static let dockerImageConfig: MediaType = "application/vnd.docker.container.image.v1+json"
    /// Docker's layer compressed by gzip.
    public static let dockerLayerTarGzip: MediaType = "application/vnd.docker.image.rootfs.diff.tar.gzip"
}

extension MediaType: ExpressibleByStringLiteral {
    /// Takes a literal as the type's text.
    public init(stringLiteral value: String) { self.init(rawValue: value) }
}

extension MediaType: CustomStringConvertible {
    /// The type's text.
    public var description: String { rawValue }
}
