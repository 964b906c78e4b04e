// SPDX-License-Identifier: Apache-2.0
public import OCI

/// Where in a pack a chunk lies.
public struct ChunkRecord: Hashable, Sendable {
    /// The digest of the uncompressed chunk.
    public var digest: Digest
    /// Where its frame begins in the pack.
    public var storedOffset: Int64
    /// The length of its frame in bytes.
    public var storedSize: Int
    /// The length of the chunk in bytes.
    public var size: Int

    /// Makes a record.
    public init(digest: Digest, storedOffset: Int64, storedSize: Int, size: Int) {
        self.digest = digest
        self.storedOffset = storedOffset
        self.storedSize = storedSize
        self.size = size
    }
}
