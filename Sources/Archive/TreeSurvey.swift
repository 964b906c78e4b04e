// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
public import OCI
public import SystemPackage

/// What the metadata of a tree says, without a look at any content: two surveys are equal when nothing was changed
/// between them.
///
/// Whatever changes a file or a folder (content, mode, owner, attributes, names) sets its change time to the kernel's
/// clock, which nothing but the kernel can do (inode(7)). Two changes within one tick of that clock look like one: so a
/// tree counts as settled only where its last change lies well behind the survey. And a page that is mapped and dirty is
/// written to without a trace until it was written back: so the file system is synchronised before the first of two
/// surveys, which `synchronize` does; a file system in memory never writes back, and surveys of one prove nothing.
public struct TreeSurvey: Sendable, Equatable, Codable {
    /// The digest of all paths with kinds, modes, owners, sizes, inodes and times.
    public let digest: Digest
    /// The time of the last change of anything in the tree.
    public let lastChange: Timestamp
    /// Whether the last change was long enough before the survey that a later one would show.
    public let isSettled: Bool
    /// Whether all files are on the root's file system and that is one of a disk, where every change of content sets the
    /// change time.
    public let isOnDisk: Bool
    /// The sizes of all files: what there is to read, but for holes.
    public let contentBytes: Int64

    /// Surveys an open folder or file; the same is left out as where it is packed.
    ///
    /// - Throws: `ArchiveError` where a part of it cannot be looked at.
    public init(_ root: FileDescriptor, options: TreePacker.Options) throws {
        let moment = try SurveyMoment.now()
        let findings: SurveyFindings
        do {
            findings = try SurveyWalk(root: root.rawValue, options: options).run()
        } catch let failure as CallFailure {
            throw failure.failure("look at", nil)
        }
        digest = findings.digest
        lastChange = findings.lastChange
        isSettled = moment.isSettled(findings.lastChange)
        isOnDisk = findings.isOnDisk
        contentBytes = findings.contentBytes
    }

    /// Writes back what is dirty on the file systems of these open files; see syncfs(2).
    ///
    /// - Throws: `ArchiveError`.
    public static func synchronize(_ files: [FileDescriptor]) throws {
        var done = Set<UInt64>()
        for file in files {
            let status: FileStatus
            do { status = try FileStatus(file.rawValue) } catch { throw error.failure("look at", nil) }
            guard done.insert(status.identity.filesystem).inserted else { continue }
            guard envsnap_syncfs(file.rawValue) == 0 else { throw ArchiveError.system("synchronise a file system") }
        }
    }
}
