// SPDX-License-Identifier: Apache-2.0

extension ArchiveEntry {
    /// The kinds of file system objects.
    public enum Kind: Sendable, Equatable {
        /// A regular file of that apparent size.
        case file(size: Int64)
        /// A directory.
        case directory
        /// A symbolic link with its text, whatever that is.
        case symbolicLink(target: [UInt8])
        /// Another name of the entry at that path, which comes earlier in the archive.
        case hardLink(target: [UInt8])
        /// A named pipe.
        case fifo
        /// A socket; tar has no such entry.
        case socket
        /// A character device.
        case characterDevice(major: UInt32, minor: UInt32)
        /// A block device.
        case blockDevice(major: UInt32, minor: UInt32)
    }
}
