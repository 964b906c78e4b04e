// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// Removes trees of any depth with one open directory at a time.
///
/// The way back up is "..", and it must lead to the very directory one came from.
struct TreeRemoval {
    private struct Level {
        let identity: FileStatus.Identity
        /// Its name in the directory above.
        let name: [UInt8]
        var names: [[UInt8]]
    }

    private let top: OwnedDescriptor
    private let mount: UInt64

    init(_ directory: CInt) throws(CallFailure) {
        top = try OwnedDescriptor(in: directory, Name.root, O_RDONLY | O_DIRECTORY)
        mount = try FileStatus(top.number).mount
    }

    /// Removes these names and all below them.
    func remove(_ names: [[UInt8]]) throws {
        var current = top
        var levels = [Level(identity: try FileStatus(top.number).identity, name: Name.root, names: names)]
        while var level = levels.popLast() {
            if let name = level.names.popLast() {
                levels.append(level)
                guard let below = try removeOrEnter(name, in: current.number) else { continue }
                levels.append(
                    Level(
                        identity: try FileStatus(below.number).identity, name: name,
                        names: try DirectoryListing.names(below.number)))
                current = below
            } else if let above = levels.last {
                current = above.name == Name.root && levels.count == 1 ? top : try parent(of: current, expected: above)
                guard withCString(level.name, { unlinkat(current.number, $0, AT_REMOVEDIR) }) == 0 || errno == ENOENT
                else { throw CallFailure().failure("remove the directory", level.name) }
            }
        }
    }

    /// Removes anything but a directory, which it opens.
    private func removeOrEnter(_ name: [UInt8], in directory: CInt) throws -> OwnedDescriptor? {
        // Linux says EISDIR where POSIX says EPERM, which may also be an immutable file's.
        if withCString(name, { unlinkat(directory, $0, 0) }) == 0 || errno == ENOENT { return nil }
        let failure = CallFailure()
        guard failure.number == EISDIR || failure.number == EPERM else { throw failure.failure("remove", name) }
        let status = try FileStatus(directory, name)
        guard status.isDirectory else { throw failure.failure("remove", name) }
        guard status.mount == mount else {
            throw ArchiveError(.refused, "\(Name.text(name)) is a mount point; unmount it first", path: name)
        }
        // An owner other than root needs all rights on the directory to empty it.
        if status.permissions & 0o700 != 0o700 {
            _ = withCString(name) { fchmodat(directory, $0, status.permissions | 0o700, AT_SYMLINK_NOFOLLOW) }
        }
        do {
            return try OwnedDescriptor(in: directory, name, O_RDONLY | O_DIRECTORY)
        } catch {
            throw error.failure("open the directory", name)
        }
    }

    private func parent(of directory: OwnedDescriptor, expected: Level) throws -> OwnedDescriptor {
        let parent = try OwnedDescriptor(in: directory.number, Array("..".utf8), O_RDONLY | O_DIRECTORY)
        guard try FileStatus(parent.number).identity == expected.identity else {
            throw ArchiveError(.refused, "the tree was moved while it was removed; try again", path: expected.name)
        }
        return parent
    }
}
