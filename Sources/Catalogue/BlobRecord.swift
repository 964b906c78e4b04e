// SPDX-License-Identifier: Apache-2.0

public import OCI

/// What the catalogue says of a content in the store.
public struct BlobRecord: Hashable, Sendable {
    /// The digest of the uncompressed bytes, by which environment documents refer to them.
    public var rawDigest: Digest
    /// The number of uncompressed bytes.
    public var rawSize: Int64
    /// The digest of the stored bytes, by which their file is named.
    public var storedDigest: Digest
    /// The number of stored bytes.
    public var storedSize: Int64
    /// How the bytes are stored.
    public var encoding: BlobEncoding
    /// What the bytes are, such as `layer` or `archive`; for people to read.
    public var kind: String?

    /// Makes a record.
    public init(
        rawDigest: Digest, rawSize: Int64, storedDigest: Digest, storedSize: Int64, encoding: BlobEncoding,
        kind: String? = nil
    ) {
        self.rawDigest = rawDigest
        self.rawSize = rawSize
        self.storedDigest = storedDigest
        self.storedSize = storedSize
        self.encoding = encoding
        self.kind = kind
    }

    /// Makes a record of bytes that are stored as they are.
    public init(uncompressed digest: Digest, size: Int64, kind: String? = nil) {
        self.init(
            rawDigest: digest, rawSize: size, storedDigest: digest, storedSize: size, encoding: .none, kind: kind)
    }
}
