// SPDX-License-Identifier: Apache-2.0

/// An entry in the bytes of a pax archive: its header blocks, and the padding after its data.
struct PaxForm {
    /// The extended header if there is need of one, the ustar header, and the map of a sparse file.
    let header: [UInt8]
    /// Zero bytes to write after the data.
    let padding: Int64

    /// libarchive refuses larger extended headers, and so would our own reader.
    static let largestExtendedHeader = 1 << 20

    init(_ entry: ArchiveEntry) throws {
        try PaxForm.check(entry)
        let map = entry.extents.map { PaxForm.sparseMap($0, size: entry.size) } ?? []
        let stored = Int64(map.count) + entry.dataSize
        var ustar = try PaxForm.ustar(entry)
        ustar.size = stored
        let records = PaxForm.records(entry, name: ustar.name, stored: stored)
        guard records.count <= PaxForm.largestExtendedHeader else {
            throw ArchiveError(
                .unsupported, "the extended attributes of \(Name.text(entry.path)) exceed 1 MiB", path: entry.path)
        }
        var header: [UInt8] = []
        if !records.isEmpty {
            let name = Array("PaxHeaders/".utf8) + Name.last(of: entry.path).prefix(80)
            header = UstarHeader(name: name, type: .extended, size: Int64(records.count)).block()
            header += records
            header += [UInt8](repeating: 0, count: Int(PaxForm.padding(Int64(records.count))))
        }
        self.header = header + ustar.block() + map
        padding = PaxForm.padding(stored)
    }

    private static func padding(_ size: Int64) -> Int64 {
        let block = Int64(UstarHeader.blockSize)
        return (block - size % block) % block
    }

    private static func check(_ entry: ArchiveEntry) throws {
        let target: [UInt8] =
            switch entry.kind {
            case .hardLink(let target), .symbolicLink(let target): target
            default: Name.root
            }
        guard !entry.path.isEmpty, !entry.path.contains(0), !target.isEmpty, !target.contains(0) else {
            throw ArchiveError(.misuse, "an entry has an empty name or a NUL in it", path: entry.path)
        }
        var end: Int64 = 0
        for extent in entry.extents ?? [] {
            guard extent.offset >= end, extent.length > 0, extent.length <= entry.size - extent.offset else {
                throw ArchiveError(
                    .misuse, "the sparse map of \(Name.text(entry.path)) is out of order", path: entry.path)
            }
            end = extent.end
        }
    }

    private static func ustar(_ entry: ArchiveEntry) throws -> UstarHeader {
        var header = UstarHeader(name: entry.path, type: .file)
        header.mode = entry.mode & 0o7777
        header.user = entry.user
        header.group = entry.group
        header.modified = entry.modified.seconds
        switch entry.kind {
        case .file:
            header.type = .file
            if entry.extents != nil {
                // A reader that knows no sparse files must not take the map for the file's content.
                header.name = Array("GNUSparseFile.0/".utf8) + Name.last(of: entry.path).prefix(80)
            }
        case .directory:
            header.type = .directory
            header.name.append(Name.slash)
        case .symbolicLink(let target):
            header.type = .symbolicLink
            header.link = target
        case .hardLink(let target):
            header.type = .hardLink
            header.link = target
        case .fifo: header.type = .fifo
        case .characterDevice(let major, let minor):
            header.type = .characterDevice
            (header.major, header.minor) = (major, minor)
        case .blockDevice(let major, let minor):
            header.type = .blockDevice
            (header.major, header.minor) = (major, minor)
        case .socket:
            throw ArchiveError(.unsupported, "tar cannot hold the socket \(Name.text(entry.path))", path: entry.path)
        }
        guard max(header.major, header.minor) <= UstarHeader.largestShort else {
            throw ArchiveError(
                .unsupported, "the device number of \(Name.text(entry.path)) is too large", path: entry.path)
        }
        return header
    }
}
