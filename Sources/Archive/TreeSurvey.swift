// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Hashing
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

    /// Surveys an open folder or file; the same is left out as where it is packed.
    ///
    /// - Throws: `ArchiveError` where a part of it cannot be looked at.
    public init(_ root: FileDescriptor, options: TreePacker.Options) throws {
        let moment = try SurveyMoment.now()
        let notes: SurveyNotes
        do {
            notes = try SurveyNotes(disk: RootDisk(root: root.rawValue))
            try StatusWalk(options: options).run(root.rawValue) { visit in
                notes.add(visit)
                return true
            }
        } catch let failure as CallFailure {
            throw failure.failure("look at", nil)
        }
        digest = try notes.hasher.finalize()
        lastChange = notes.lastChange
        isSettled = moment.isSettled(notes.lastChange)
        isOnDisk = notes.isOnDisk
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

/// What a survey has found so far.
private final class SurveyNotes {
    let hasher: SHA256Hasher
    private(set) var lastChange = Timestamp(seconds: 0)
    private(set) var isOnDisk = true
    private let disk: RootDisk

    init(disk: RootDisk) throws {
        self.disk = disk
        hasher = try SHA256Hasher()
    }

    func add(_ visit: StatusWalk.Visit) {
        let (status, path) = (visit.status, visit.path)
        if status.type == S_IFREG, !disk.holds(status) { isOnDisk = false }
        let (modified, changed) = (status.modified, status.changed)
        if (lastChange.seconds, lastChange.nanoseconds) < (changed.seconds, changed.nanoseconds) {
            lastChange = changed
        }
        let line =
            "\(status.type) \(status.permissions) \(status.user) \(status.group) \(status.links) \(status.size) "
            + "\(status.identity.filesystem) \(status.identity.inode) \(status.device.major) \(status.device.minor) "
            + "\(modified.seconds).\(modified.nanoseconds) \(changed.seconds).\(changed.nanoseconds) "
        hasher.update(Array(line.utf8) + path + [0])
    }
}
