// SPDX-License-Identifier: Apache-2.0

/// Where a snapshot came from that was not captured into this store, or of which that is not known.
public struct SnapshotOrigin: Hashable, Sendable {
    /// The way on which it came.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// From a bundle.
        case imported
        /// From a registry.
        case pulled
        /// Not known: the catalogue that knew it was lost.
        case rebuilt
    }

    /// The way on which it came.
    public var kind: Kind
    /// The bundle's file or the registry's reference, for people to read.
    public var source: String
    /// When it came: RFC 3339 in UTC, ending in `Z`.
    public var receivedAt: String

    /// Makes an origin.
    public init(kind: Kind, source: String, receivedAt: String) {
        self.kind = kind
        self.source = source
        self.receivedAt = receivedAt
    }
}
