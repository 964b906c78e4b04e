// SPDX-License-Identifier: Apache-2.0

public import OCI

/// What the store says of a blob that was put into it.
public struct StoredBlob: Hashable, Sendable {
    /// The digest of the stored bytes.
    public let digest: Digest
    /// The number of stored bytes.
    public let size: Int64
    /// Whether the store lacked the blob before.
    public let isNew: Bool

    /// Makes a description of a stored blob.
    public init(digest: Digest, size: Int64, isNew: Bool) {
        self.digest = digest
        self.size = size
        self.isNew = isNew
    }
}
