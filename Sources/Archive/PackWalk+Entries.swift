// SPDX-License-Identifier: Apache-2.0

import Glibc

extension PackWalk {
    func packFile(_ descriptor: CInt, path: [UInt8], status listed: FileStatus) throws {
        let status = try FileStatus(descriptor)
        guard status.identity == listed.identity, status.type == S_IFREG else { throw CallFailure(number: ENOENT) }
        links.remember(status, path: path)
        let size = status.size
        var entry = entry(.file(size: size), path, status, attributes(.descriptor(descriptor), path))
        entry.extents = status.mayHaveHoles ? SparseMap.extents(descriptor, size: size) : nil
        let isLarge = entry.dataSize >= ChunkRules.largeContent
        let version =
            isLarge && disk?.holds(status) == true
            ? try ContentVersion(status, extents: entry.extents, size: entry.dataSize) : nil
        let unreadable = summary.unreadable.count
        try writer.append(entry, version: version) {
            let now = try? FileStatus(descriptor)
            return now.map { !$0.differs(from: status) } == true && summary.unreadable.count == unreadable
        } body: { write in
            for extent in entry.extents ?? [Extent(offset: 0, length: size)] {
                try copy(extent, of: descriptor, path: path, to: write)
            }
        }
        summary.entries += 1
        summary.apparentBytes += size
        summary.dataBytes += entry.dataSize
        noteChange(path, since: status, descriptor: descriptor)
    }

    func packSpecial(_ name: [UInt8], in directory: CInt, path: [UInt8], status: FileStatus) throws {
        let kind: ArchiveEntry.Kind
        switch status.type {
        case S_IFLNK: kind = .symbolicLink(target: try linkText(name, in: directory))
        case S_IFIFO: kind = .fifo
        case S_IFCHR: kind = .characterDevice(major: status.device.major, minor: status.device.minor)
        case S_IFBLK: kind = .blockDevice(major: status.device.major, minor: status.device.minor)
        default: throw CallFailure(number: EOPNOTSUPP)
        }
        links.remember(status, path: path)
        try append(kind, path, status, attributes(.name(directory: directory, name), path))
    }

    func append(
        _ kind: ArchiveEntry.Kind, _ path: [UInt8], _ status: FileStatus, _ attributes: [ExtendedAttribute]
    ) throws {
        try writer.append(entry(kind, path, status, attributes))
        summary.entries += 1
    }

    /// The attributes, or none and a note when they cannot be read.
    func attributes(_ place: AttributeStore, _ path: [UInt8]) -> [ExtendedAttribute] {
        do {
            return try place.readAll()
        } catch {
            summary.unreadable.append(.init(path: path, errorNumber: error.number))
            return []
        }
    }

    func noteChange(_ path: [UInt8], since earlier: FileStatus, descriptor: CInt) {
        guard let now = try? FileStatus(descriptor), now.differs(from: earlier) else { return }
        summary.changed.append(path)
    }

    private func entry(
        _ kind: ArchiveEntry.Kind, _ path: [UInt8], _ status: FileStatus, _ attributes: [ExtendedAttribute]
    ) -> ArchiveEntry {
        ArchiveEntry(
            path: path, kind: kind, mode: status.permissions, user: status.user, group: status.group,
            modified: status.modified, attributes: attributes)
    }

    private func linkText(_ name: [UInt8], in directory: CInt) throws(CallFailure) -> [UInt8] {
        var failure: CallFailure?
        let text = [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { memory, count in
            guard let start = memory.baseAddress else { return }
            let result = start.withMemoryRebound(to: CChar.self, capacity: memory.count) { raw in
                withCString(name) { readlinkat(directory, $0, raw, memory.count) }
            }
            if result < 0 { failure = CallFailure() }
            count = max(0, result)
        }
        if let failure { throw failure }
        return text
    }

    /// Copies a run of data; zero bytes stand for what is gone or unreadable by now, since its length is announced.
    private func copy(_ extent: Extent, of descriptor: CInt, path: [UInt8], to write: ByteSink) throws {
        var position = extent.offset
        while position < extent.end {
            let wanted = Int(min(Int64(buffer.count), extent.end - position))
            var count = pread(descriptor, buffer.baseAddress, wanted, off_t(position))
            if count < 0, errno == EINTR { continue }
            if count < 0 {
                summary.unreadable.append(.init(path: path, errorNumber: errno))
            }
            if count <= 0 {
                // noteChange tells of the shrunken file.
                buffer[..<wanted].initializeMemory(as: UInt8.self, repeating: 0)
                count = wanted
            }
            try write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            position += Int64(count)
        }
    }
}
