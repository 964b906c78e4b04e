// SPDX-License-Identifier: Apache-2.0

public import SystemPackage

/// Packs a folder or a single file: content, mode, owner, nanosecond times, all extended attributes, hard links, holes,
/// devices and pipes.
///
/// Names are visited in the order of their bytes and symbolic links are never followed, so that the same tree gives the
/// same bytes. Nothing in the tree is changed, nor are access times where the kernel lets us.
public struct TreePacker: Sendable {
    /// What to pack and what not.
    public let options: Options

    /// A packer with these options.
    public init(options: Options = Options()) {
        self.options = options
    }

    /// Packs an open directory, or an open regular file as the one entry ".", and does not finish the archive.
    ///
    /// A file that shrinks meanwhile is filled up with zero bytes as GNU tar does. Throws when the root cannot be read or
    /// the writer fails; what cannot be read below the root is in the summary.
    public func pack(_ root: FileDescriptor, into writer: PaxWriter) throws -> PackSummary {
        let walk = PackWalk(options: options, writer: writer)
        return try walk.run(root: root.rawValue)
    }
}
