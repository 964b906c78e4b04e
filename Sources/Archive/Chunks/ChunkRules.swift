// SPDX-License-Identifier: Apache-2.0

/// The fixed parameters of the cutting of archives; `docs/format.md` describes them, and ids of snapshots follow from
/// them.
public enum ChunkRules {
    /// A chunk that does not end at a forced boundary is longer than this.
    public static let smallest = 32 << 10
    /// Up to this length the rare boundaries end a chunk, beyond it the frequent ones; the mean is 128 KiB.
    public static let strictUntil = 104 << 10
    /// No chunk is longer.
    public static let largest = 512 << 10
    /// The content of files from this size on is cut for itself.
    public static let largeContent: Int64 = 64 << 10
    /// How many bytes before a boundary decide on it.
    static let window = 64
    /// A rare boundary: the hash is below it, once in 2^19 places.
    static let strictLimit: UInt64 = 1 << 45
    /// A frequent boundary: the hash is below it, once in 2^15 places.
    static let looseLimit: UInt64 = 1 << 49
}
