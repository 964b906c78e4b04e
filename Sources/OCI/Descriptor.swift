// SPDX-License-Identifier: Apache-2.0
// https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md

/// What is said of a blob by the document that refers to it.
public struct Descriptor: Hashable, Sendable, Codable {
    /// The kind of bytes.
    public var mediaType: MediaType
    /// The digest of the bytes.
    public var digest: Digest
    /// The number of bytes.
    public var size: Int64
    /// Where else the bytes may be had.
    public var urls: [String]?
    /// Free texts by name.
    public var annotations: [String: String]?
    /// The bytes themselves in base64, when they are small.
    public var data: String?
    /// What kind of artifact the manifest described is.
    public var artifactType: MediaType?
    /// What the image described runs on; in an index alone.
    public var platform: Platform?

    /// Makes a descriptor.
    public init(
        mediaType: MediaType, digest: Digest, size: Int64, urls: [String]? = nil,
        annotations: [String: String]? = nil, data: String? = nil, artifactType: MediaType? = nil,
        platform: Platform? = nil
    ) {
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
        self.urls = urls
        self.annotations = annotations
        self.data = data
        self.artifactType = artifactType
        self.platform = platform
    }
}
