// SPDX-License-Identifier: Apache-2.0
public import OCI

/// Where a chunk lies.
public struct ChunkPlace: Hashable, Sendable {
    /// The pack's digest, which names its file.
    public var pack: Digest
    /// Where in the pack.
    public var chunk: ChunkRecord
}
