// SPDX-License-Identifier: Apache-2.0

/// One file system object as an archive describes it.
public struct ArchiveEntry: Sendable, Equatable {
    /// The path below the root without leading or trailing slash; the root itself is ".".
    public var path: [UInt8]
    /// What it is.
    public var kind: Kind
    /// The permission bits with set-id and sticky bits (0o7777).
    public var mode: UInt32
    /// The owner's number.
    public var user: UInt32
    /// The group's number.
    public var group: UInt32
    /// The time of the last modification.
    public var modified: Timestamp
    /// Extended attributes sorted by name, ACLs among them.
    public var attributes: [ExtendedAttribute]
    /// Where a sparse file has data; nil for a dense one, empty for nothing but a hole.
    public var extents: [Extent]?

    /// An entry; a root-owned one of 1970 unless told otherwise.
    public init(
        path: [UInt8], kind: Kind, mode: UInt32, user: UInt32 = 0, group: UInt32 = 0,
        modified: Timestamp = Timestamp(seconds: 0), attributes: [ExtendedAttribute] = [], extents: [Extent]? = nil
    ) {
        self.path = path
        self.kind = kind
        self.mode = mode
        self.user = user
        self.group = group
        self.modified = modified
        self.attributes = attributes
        self.extents = extents
    }

    /// The apparent size of a file; 0 for everything else.
    public var size: Int64 {
        guard case .file(let size) = kind else { return 0 }
        return size
    }

    /// How many bytes of data the entry brings along.
    public var dataSize: Int64 {
        extents?.reduce(0) { $0 + $1.length } ?? size
    }
}
