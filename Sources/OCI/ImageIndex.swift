// SPDX-License-Identifier: Apache-2.0
// https://github.com/opencontainers/image-spec/blob/v1.1.1/image-index.md

/// A list of manifests; also the `index.json` of an image layout.
public struct ImageIndex: Hashable, Sendable, Codable {
    /// Always 2.
    public var schemaVersion: Int
    /// The index's own media type.
    public var mediaType: MediaType?
    /// What kind of artifact this is.
    public var artifactType: MediaType?
    /// The manifests.
    public var manifests: [Descriptor]
    /// The manifest that this index is about.
    public var subject: Descriptor?
    /// Free texts by name.
    public var annotations: [String: String]?

    /// Makes an index.
    public init(
        mediaType: MediaType? = .imageIndex, artifactType: MediaType? = nil, manifests: [Descriptor],
        subject: Descriptor? = nil, annotations: [String: String]? = nil
    ) {
        self.schemaVersion = 2
        self.mediaType = mediaType
        self.artifactType = artifactType
        self.manifests = manifests
        self.subject = subject
        self.annotations = annotations
    }
}
