// SPDX-License-Identifier: Apache-2.0

import Glibc

extension ExtractWalk {
    private static let accessList = Array("system.posix_acl_access".utf8)
    private static let defaultList = Array("system.posix_acl_default".utf8)

    /// Sets what an entry says on an open file or directory: owner, mode (chown takes set-id bits away), attributes
    /// (chown takes capabilities away), and times last.
    func apply(_ entry: ArchiveEntry, to descriptor: CInt) throws {
        // Looking is much cheaper than an owner written once more: file systems write that down in their journal.
        if options.owners == .archive {
            let isOwned =
                (try? FileStatus(descriptor)).map { ($0.user, $0.group) == (entry.user, entry.group) } ?? false
            guard isOwned || fchown(descriptor, entry.user, entry.group) == 0 else { throw ownerFailure(entry) }
        }
        guard fchmod(descriptor, entry.mode & modeMask) == 0 else {
            throw ArchiveError.system("set the mode of", entry.path)
        }
        for attribute in entry.attributes {
            try set(attribute, in: .descriptor(descriptor), path: entry.path)
        }
        guard futimens(descriptor, times(entry)) == 0 else { throw ArchiveError.system("set the time of", entry.path) }
    }

    /// The same for a link, pipe or device, which is better not opened.
    func apply(_ entry: ArchiveEntry, toName name: [UInt8], in parent: CInt) throws {
        let flags = AT_SYMLINK_NOFOLLOW
        if options.owners == .archive {
            let owned = withCString(name) { fchownat(parent, $0, entry.user, entry.group, flags) }
            guard owned == 0 else { throw ownerFailure(entry) }
        }
        if case .symbolicLink = entry.kind {
            // Links have no mode of their own.
        } else {
            // The C library goes by /proc so as not to follow a link (fchmodat(2)); without it none leads out of the root.
            let how = options.isConfined ? 0 : flags
            let changed = withCString(name) { fchmodat(parent, $0, entry.mode & modeMask, how) }
            guard changed == 0 else { throw ArchiveError.system("set the mode of", entry.path) }
        }
        for attribute in entry.attributes {
            let route: AttributeStore.Route = options.isConfined ? .workingFolder : .proc
            try set(attribute, in: .name(directory: parent, name, by: route), path: entry.path)
        }
        let timed = withCString(name) { utimensat(parent, $0, times(entry), flags) }
        guard timed == 0 else { throw ArchiveError.system("set the time of", entry.path) }
    }

    /// Which bits of a mode are set.
    private var modeMask: UInt32 { options.owners == .archive ? 0o7777 : 0o1777 }

    func set(_ attribute: ExtendedAttribute, in place: AttributeStore, path: [UInt8]) throws {
        guard options.attributes == .all || isSafe(attribute.name) else {
            return skip(attribute)
        }
        do {
            try place.set(attribute)
        } catch let error where error.number == EOPNOTSUPP {
            // Such as security.selinux where SELinux is not.
            skip(attribute)
        } catch {
            throw error.failure("set the attribute \(Name.text(attribute.name)) of", path)
        }
    }

    /// Takes the root's default ACL away, since all that is made below would inherit it.
    func setAsideDefaultAccess() throws -> ExtendedAttribute? {
        let place = AttributeStore.descriptor(root)
        do {
            guard try place.names().contains(ExtractWalk.defaultList) else { return nil }
            let list = ExtendedAttribute(name: ExtractWalk.defaultList, value: try place.value(ExtractWalk.defaultList))
            try place.remove(ExtractWalk.defaultList)
            return list
        } catch {
            throw error.failure("read the ACL of the folder to restore into", nil)
        }
    }

    /// Removes what a folder that was there before has and its entry has not.
    func removeForeignAttributes(from folder: CInt, keeping entry: ArchiveEntry?) throws {
        let place = AttributeStore.descriptor(folder)
        let kept = Set(entry?.attributes.map(\.name) ?? [])
        do {
            for name in try place.names() where !kept.contains(name) && isReplaceable(name) {
                try place.remove(name)
            }
        } catch {
            throw error.failure("remove an attribute of the folder to restore into", entry?.path)
        }
    }

    private func skip(_ attribute: ExtendedAttribute) {
        // A hostile archive must not fill the memory with names.
        guard summary.skippedAttributes.count < 1000 else { return }
        summary.skippedAttributes.insert(attribute.name)
    }

    private func isSafe(_ name: [UInt8]) -> Bool {
        isReplaceable(name) || options.owners == .archive && name == Array("security.capability".utf8)
    }

    private func isReplaceable(_ name: [UInt8]) -> Bool {
        name.starts(with: "user.".utf8) || name == ExtractWalk.accessList || name == ExtractWalk.defaultList
    }

    private func ownerFailure(_ entry: ArchiveEntry) -> ArchiveError {
        .system("give user \(entry.user) and group \(entry.group) the ownership of", entry.path)
    }

    /// Access time (left alone), modification time.
    private func times(_ entry: ArchiveEntry) -> [timespec] {
        // UTIME_OMIT of <bits/stat.h>, a macro Swift cannot import.
        let omit = timespec(tv_sec: 0, tv_nsec: (1 << 30) - 2)
        let modified = timespec(tv_sec: Int(entry.modified.seconds), tv_nsec: Int(entry.modified.nanoseconds))
        return [omit, modified]
    }
}
