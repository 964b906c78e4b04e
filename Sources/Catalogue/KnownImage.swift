// SPDX-License-Identifier: Apache-2.0

public import OCI

/// Which configuration an engine means by an image's id.
public struct KnownImage: Hashable, Sendable {
    /// The id that an engine gives the image.
    public var imageID: Digest
    /// The digest of the image's configuration, which is a blob of the store.
    public var configDigest: Digest
    /// A name under which the image was seen.
    public var reference: String?

    /// Makes a record.
    public init(imageID: Digest, configDigest: Digest, reference: String? = nil) {
        self.imageID = imageID
        self.configDigest = configDigest
        self.reference = reference
    }
}
