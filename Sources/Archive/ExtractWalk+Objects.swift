// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

extension ExtractWalk {
    /// Makes a folder, or opens the one that is there; nil where something else is there and is to stay.
    func makeDirectory(
        _ entry: ArchiveEntry, name: [UInt8], in parent: CInt
    ) throws -> (descriptor: OwnedDescriptor, isKept: Bool)? {
        if options.existing.givesWay, let there = try? OwnedDescriptor(in: parent, name, O_RDONLY | O_DIRECTORY) {
            // Its default ACL first of all, which what is made in it would inherit.
            if options.existing != .replaceNames { try removeForeignAttributes(from: there.number, keeping: nil) }
            return (there, false)
        }
        try clearTheWay(for: name, in: parent)
        // Ours alone until it is done; the real mode may forbid us to write into it.
        let isMade = withCString(name) { mkdirat(parent, $0, 0o700) } == 0
        guard isMade || isThere else { throw creationFailure(entry.path) }
        do {
            return (try OwnedDescriptor(in: parent, name, O_RDONLY | O_DIRECTORY), !isMade)
        } catch {
            if !isMade, error.number == ENOTDIR || error.number == ELOOP { return nil }
            throw error.failure("open the new directory", entry.path)
        }
    }

    func makeFile(_ entry: ArchiveEntry, name: [UInt8], in parent: CInt, from reader: PaxReader) throws {
        try clearTheWay(for: name, in: parent)
        let number = withCString(name) {
            openat(parent, $0, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode_t(0o600))
        }
        if number < 0, isThere { return }
        guard number >= 0 else { throw creationFailure(entry.path) }
        let file = OwnedDescriptor(number)
        var end: Int64 = 0
        try reader.readBody { bytes, offset in
            summary.dataBytes += Int64(bytes.count)
            guard summary.dataBytes <= options.limits.dataBytes else {
                throw ArchiveError(.limitExceeded, "the archive has more data than allowed", path: entry.path)
            }
            try write(bytes, to: number, at: offset, path: entry.path)
            end = max(end, offset + Int64(bytes.count))
        }
        // Makes the hole at the end of a sparse file, and any file that is nothing else.
        guard end == entry.size || ftruncate(number, off_t(entry.size)) == 0 else {
            throw ArchiveError.system("set the size of", entry.path)
        }
        try apply(entry, to: number)
        do {
            try file.close()
        } catch {
            throw error.failure("write", entry.path)
        }
    }

    /// A second name for what this extraction has made; the root was empty before.
    func makeLink(_ entry: ArchiveEntry, to target: [UInt8], name: [UInt8], in parent: CInt) throws {
        try EntryPath.check(target, deepest: options.limits.depth, named: "hard link target")
        let refusal = ArchiveError(
            .unsafeEntry,
            "\(Name.text(entry.path)) is a hard link to \(Name.text(target)), which is no file of this archive; "
                + "the archive is refused", path: entry.path)
        let last = Name.last(of: target)
        guard let folder = try? OwnedDescriptor.directory(Name.parent(of: target), beneath: root),
            let status = try? FileStatus(folder.number, last), !status.isDirectory
        else { throw refusal }
        try clearTheWay(for: name, in: parent)
        let result = withCString(last) { from in
            withCString(name) { linkat(folder.number, from, parent, $0, 0) }
        }
        guard result == 0 || isThere else { throw creationFailure(entry.path) }
    }

    func makeSpecial(_ entry: ArchiveEntry, name: [UInt8], in parent: CInt) throws {
        try clearTheWay(for: name, in: parent)
        let result: CInt
        switch entry.kind {
        case .symbolicLink(let target):
            result = withCString(target) { text in withCString(name) { symlinkat(text, parent, $0) } }
        case .fifo: result = node(S_IFIFO, (0, 0), name, parent)
        case .characterDevice(let major, let minor):
            try allowDevice(entry, isWhiteout: major == 0 && minor == 0)
            result = node(S_IFCHR, (major, minor), name, parent)
        case .blockDevice(let major, let minor):
            try allowDevice(entry, isWhiteout: false)
            result = node(S_IFBLK, (major, minor), name, parent)
        default: throw ArchiveError(.unsupported, "\(Name.text(entry.path)) cannot be restored", path: entry.path)
        }
        if result != 0, isThere { return }
        guard result == 0 else { throw creationFailure(entry.path) }
        try apply(entry, toName: name, in: parent)
    }

    private func node(_ type: mode_t, _ device: (UInt32, UInt32), _ name: [UInt8], _ parent: CInt) -> CInt {
        withCString(name) { envsnap_mknodat(parent, $0, UInt32(type) | 0o600, device.0, device.1) }
    }

    private func allowDevice(_ entry: ArchiveEntry, isWhiteout: Bool) throws {
        guard options.devices == .allow || options.devices == .whiteouts && isWhiteout else {
            throw ArchiveError(
                .refused, "\(Name.text(entry.path)) is a device file, which was not allowed", path: entry.path)
        }
    }

    private func write(_ bytes: UnsafeRawBufferPointer, to file: CInt, at offset: Int64, path: [UInt8]) throws {
        var done = 0
        while done < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
            let count = pwrite(file, rest.baseAddress, rest.count, off_t(offset + Int64(done)))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw ArchiveError.system("write", path) }
            done += count
        }
    }

    /// Removes what bears a name that is needed, where it may.
    private func clearTheWay(for name: [UInt8], in parent: CInt) throws {
        guard options.existing.givesWay else { return }
        if withCString(name, { unlinkat(parent, $0, 0) }) == 0 || errno == ENOENT { return }
        try removeTree(named: name, in: parent)
    }

    /// Whether the last call failed because something is there that is to be left as it is.
    private var isThere: Bool { errno == EEXIST && options.existing == .addMissing }

    private func creationFailure(_ path: [UInt8]) -> ArchiveError {
        errno == EEXIST ? duplicate(path) : .system("create", path)
    }

    func duplicate(_ path: [UInt8]) -> ArchiveError {
        ArchiveError(
            .duplicate, "\(Name.text(path)) exists already or comes twice in the archive; the archive is refused",
            path: path)
    }
}
