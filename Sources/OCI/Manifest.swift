// SPDX-License-Identifier: Apache-2.0
// https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md

/// One image, or one artifact: its configuration and its layers.
public struct Manifest: Hashable, Sendable, Codable {
    /// Always 2.
    public var schemaVersion: Int
    /// The manifest's own media type.
    public var mediaType: MediaType?
    /// What kind of artifact this is, when it is no image.
    public var artifactType: MediaType?
    /// The configuration.
    public var config: Descriptor
    /// The layers, the lowest first.
    public var layers: [Descriptor]
    /// The manifest that this one is about.
    public var subject: Descriptor?
    /// Free texts by name.
    public var annotations: [String: String]?

    /// Makes a manifest.
    public init(
        mediaType: MediaType? = .imageManifest, artifactType: MediaType? = nil, config: Descriptor,
        layers: [Descriptor], subject: Descriptor? = nil, annotations: [String: String]? = nil
    ) {
        self.schemaVersion = 2
        self.mediaType = mediaType
        self.artifactType = artifactType
        self.config = config
        self.layers = layers
        self.subject = subject
        self.annotations = annotations
    }
}
