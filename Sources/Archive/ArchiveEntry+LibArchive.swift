// SPDX-License-Identifier: Apache-2.0

import CArchive
import Glibc

extension ArchiveEntry {
    /// The entry libarchive has read; its strings are copied as bytes.
    init(libarchive entry: OpaquePointer) throws {
        guard let name = archive_entry_pathname(entry).map(bytes(of:)) else {
            throw ArchiveError(.damaged, "an archive entry has no name; make the archive again")
        }
        path = ArchiveEntry.plainPath(name)
        let size = archive_entry_size(entry)
        guard size >= 0 else {
            throw ArchiveError(.damaged, "\(Name.text(path)) has a negative size; make the archive again", path: path)
        }
        kind = try ArchiveEntry.kind(of: entry, path: path, size: size)
        mode = UInt32(archive_entry_perm(entry)) & 0o7777
        user = try ArchiveEntry.identifier(archive_entry_uid(entry), path: path)
        group = try ArchiveEntry.identifier(archive_entry_gid(entry), path: path)
        modified = ArchiveEntry.modified(entry)
        attributes = ArchiveEntry.attributes(entry)
        extents = nil
        if case .file = kind {
            extents = try ArchiveEntry.extents(entry, path: path, size: size)
        }
    }

    private static func kind(of entry: OpaquePointer, path: [UInt8], size: Int64) throws -> Kind {
        if let target = archive_entry_hardlink(entry) {
            return .hardLink(target: plainPath(bytes(of: target)))
        }
        let major = UInt32(truncatingIfNeeded: archive_entry_rdevmajor(entry))
        let minor = UInt32(truncatingIfNeeded: archive_entry_rdevminor(entry))
        switch mode_t(archive_entry_filetype(entry)) {
        case S_IFREG: return .file(size: size)
        case S_IFDIR: return .directory
        case S_IFLNK:
            guard let target = archive_entry_symlink(entry) else { break }
            return .symbolicLink(target: bytes(of: target))
        case S_IFIFO: return .fifo
        case S_IFCHR: return .characterDevice(major: major, minor: minor)
        case S_IFBLK: return .blockDevice(major: major, minor: minor)
        default: break
        }
        throw ArchiveError(.damaged, "\(Name.text(path)) is of no known kind; make the archive again", path: path)
    }

    private static func identifier(_ number: Int64, path: [UInt8]) throws -> UInt32 {
        guard let identifier = UInt32(exactly: number) else {
            throw ArchiveError(
                .damaged, "\(Name.text(path)) has an impossible owner; make the archive again", path: path)
        }
        return identifier
    }

    /// libarchive gives "-4.5" as -4 s and 0.5 s, and "-0.5" as 0.5 s; see `PaxForm.records` for the latter.
    private static func modified(_ entry: OpaquePointer) -> Timestamp {
        let seconds = Int64(archive_entry_mtime(entry))
        let fraction = Int32(truncatingIfNeeded: archive_entry_mtime_nsec(entry))
        let isMarked =
            archive_entry_ctime_is_set(entry) != 0 && archive_entry_ctime(entry) == -1
            && archive_entry_ctime_nsec(entry) == 0
        guard fraction > 0, seconds < 0 && seconds > .min || seconds == 0 && isMarked else {
            return Timestamp(seconds: seconds, nanoseconds: max(0, min(fraction, 999_999_999)))
        }
        return Timestamp(seconds: seconds - 1, nanoseconds: 1_000_000_000 - fraction)
    }

    private static func attributes(_ entry: OpaquePointer) -> [ExtendedAttribute] {
        var found: [[UInt8]: [UInt8]] = [:]
        archive_entry_xattr_reset(entry)
        var name: UnsafePointer<CChar>?
        var value: UnsafeRawPointer?
        var count = 0
        while archive_entry_xattr_next(entry, &name, &value, &count) == ARCHIVE_OK, let name {
            let key = PaxRecords.attributeName(bytes(of: name))
            found[key] = Array(UnsafeRawBufferPointer(start: value, count: value == nil ? 0 : count))
        }
        return found.map { ExtendedAttribute(name: $0.key, value: $0.value) }
            .sorted { $0.name.lexicographicallyPrecedes($1.name) }
    }

    private static func extents(_ entry: OpaquePointer, path: [UInt8], size: Int64) throws -> [Extent]? {
        guard archive_entry_sparse_reset(entry) > 0 else { return nil }
        var extents: [Extent] = []
        var offset: Int64 = 0
        var length: Int64 = 0
        while archive_entry_sparse_next(entry, &offset, &length) == ARCHIVE_OK {
            guard offset >= extents.last?.end ?? 0, length >= 0, offset <= size, length <= size - offset else {
                throw ArchiveError(
                    .damaged, "the sparse map of \(Name.text(path)) is damaged; make the archive again", path: path)
            }
            if length > 0 {
                extents.append(Extent(offset: offset, length: length))
            }
        }
        return extents
    }

    /// Without the "./" that tar puts before names and the "/" it puts after directories.
    private static func plainPath(_ name: [UInt8]) -> [UInt8] {
        var rest = name[...]
        while rest.starts(with: "./".utf8) {
            rest = rest.dropFirst(2)
        }
        while rest.count > 1, rest.last == Name.slash {
            rest = rest.dropLast()
        }
        return rest.isEmpty ? (name.isEmpty ? [] : Name.root) : Array(rest)
    }
}
