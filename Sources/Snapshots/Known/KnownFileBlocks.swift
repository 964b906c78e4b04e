// SPDX-License-Identifier: Apache-2.0
import Archive
import Catalogue
import OCI

/// What the catalogue knows of files, in blocks of inodes that follow each other.
///
/// The files of one folder mostly have inodes near each other, and one question about many rows costs little more than
/// one about one.
struct KnownFileBlocks {
    /// So many inodes at once.
    private static let width: UInt64 = 256
    /// How many files are kept in memory, some 200 bytes each.
    private static let mostFiles = 1 << 16

    /// Which inodes a block is about.
    struct Place: Hashable {
        let filesystem: UInt64
        private let number: UInt64

        /// The block that a file is in.
        init(_ version: ContentVersion) {
            filesystem = version.filesystem
            number = version.inode / width
        }

        var inodes: ClosedRange<UInt64> { number * width...number * width + (width - 1) }
    }

    /// The files of one block.
    struct Block: Sendable {
        /// By their inodes.
        let files: [UInt64: KnownFile]
        /// Those of their chunks that are in the store.
        let stored: Set<Digest>
    }

    private var blocks: [Place: Block] = [:]
    private var files = 0

    subscript(place: Place) -> Block? {
        get { blocks[place] }
        set {
            // Whatever else is asked for is read anew.
            if files > Self.mostFiles { (blocks, files) = ([:], 0) }
            blocks[place] = newValue
            files += newValue?.files.count ?? 0
        }
    }
}
