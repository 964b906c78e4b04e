// SPDX-License-Identifier: Apache-2.0
import Hashing
public import OCI

/// Tells the content of one file at one time from all others on this machine, as long as the boot and the clock are the
/// same.
public struct ContentVersion: Hashable, Sendable {
    /// The file system's device number.
    public let filesystem: UInt64
    /// The file's number in it.
    public let inode: UInt64
    /// The SHA-256 of its size, its times and where it has holes.
    public let digest: Digest
    /// The time of the last change of anything about the file.
    public let changed: Timestamp
    /// How many bytes of data it has, holes left out.
    public let size: Int64

    init(_ status: FileStatus, extents: [Extent]?, size: Int64) throws {
        (filesystem, inode) = (status.identity.filesystem, status.identity.inode)
        (changed, self.size) = (status.changed, size)
        let (modified, changed) = (status.modified, status.changed)
        var text =
            "\(status.size) \(modified.seconds).\(modified.nanoseconds) \(changed.seconds).\(changed.nanoseconds)"
        for extent in extents ?? [] { text += " \(extent.offset)+\(extent.length)" }
        digest = try SHA256Hasher.digest(of: Array(text.utf8))
    }
}
