// SPDX-License-Identifier: Apache-2.0
public import OCI

/// The chunks of a large file.
public struct KnownFile: Hashable, Sendable {
    /// The number of its file system's device.
    public var filesystem: UInt64
    /// Its number in the file system.
    public var inode: UInt64
    /// The digest that tells its content from others.
    public var version: Digest
    /// Lines of a chunk list.
    public var chunks: [UInt8]

    /// Makes a row.
    public init(filesystem: UInt64, inode: UInt64, version: Digest, chunks: [UInt8]) {
        (self.filesystem, self.inode, self.version, self.chunks) = (filesystem, inode, version, chunks)
    }
}
