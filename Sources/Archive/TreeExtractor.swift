// SPDX-License-Identifier: Apache-2.0

public import SystemPackage

/// Restores a tree below an open directory, which nothing in the archive can leave.
///
/// Files are written here and not by libarchive, whose SECURE flags are no sandbox: every object is made by its last
/// name in an open directory that this extraction has made, with O_EXCL and O_NOFOLLOW. Entries come depth first, each
/// after its directory, as `TreePacker`, GNU tar and Go's archives have them; a directory's own metadata is set when it
/// is left, so that only the open directories are remembered.
public struct TreeExtractor: Sendable {
    /// What an archive may do.
    public let options: Options

    /// An extractor with these options.
    public init(options: Options = Options()) {
        self.options = options
    }

    /// Restores all entries of the archive into `root`.
    ///
    /// Throws at the first entry that breaks a rule or cannot be restored as it was; what was written until then stays.
    public func extract(_ reader: PaxReader, into root: FileDescriptor) throws -> ExtractSummary {
        let walk = ExtractWalk(options: options, root: root.rawValue)
        try walk.run(reader)
        return walk.summary
    }

    /// Restores an archive of a single file, its only entry being ".", as `name` in an open directory.
    public func extractFile(
        _ reader: PaxReader, named name: [UInt8], in parent: FileDescriptor
    ) throws -> ExtractSummary {
        let walk = ExtractWalk(options: options, root: parent.rawValue)
        try walk.runFile(reader, name: name)
        return walk.summary
    }
}
