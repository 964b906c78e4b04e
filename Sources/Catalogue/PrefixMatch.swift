// SPDX-License-Identifier: Apache-2.0

/// What a prefix of a snapshot's id stands for.
public enum PrefixMatch: Hashable, Sendable {
    /// No snapshot, or the text is not a prefix of 4 to 64 hexadecimal digits.
    case none
    /// One snapshot.
    case unique(SnapshotRecord)
    /// Several snapshots, the newest first; a longer prefix is needed.
    case ambiguous([SnapshotRecord])
}
