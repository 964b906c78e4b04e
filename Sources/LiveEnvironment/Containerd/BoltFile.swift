// SPDX-License-Identifier: Apache-2.0

/// Reads a bbolt database, in which containerd keeps what its snapshots belong to; nothing is ever written.
///
/// The layout is that of https://github.com/etcd-io/bbolt (`internal/common`: `page.go`, `meta.go`, `bucket.go`):
/// pages with a header of 16 bytes, of which the first two are meta pages; a bucket is a B+tree of pages, or one page
/// within its parent's value. Numbers are in the machine's byte order.
struct BoltFile {
    /// The bytes are no database, or one that was changed while it was read.
    struct Damaged: Error {}

    struct Entry {
        let key: ArraySlice<UInt8>
        let value: ArraySlice<UInt8>
        let isBucket: Bool
    }

    private static let magic: UInt32 = 0xED0C_DAED
    private static let headerSize = 16
    private static let elementSize = 16
    private let bytes: [UInt8]
    private let pageSize: Int
    private let root: Int

    init(_ bytes: [UInt8]) throws(Damaged) {
        self.bytes = bytes
        var newest: (transaction: UInt64, root: UInt64, pageSize: UInt32)?
        // The second meta page is one page further on, and the page size stands in the first.
        let size = try BoltFile.number(bytes, 24, UInt32.self)
        for start in [0, Int(size)] {
            let meta = start + BoltFile.headerSize
            guard try BoltFile.number(bytes, meta, UInt32.self) == BoltFile.magic,
                try BoltFile.number(bytes, meta + 4, UInt32.self) == 2
            else { continue }
            let transaction = try BoltFile.number(bytes, meta + 48, UInt64.self)
            if transaction >= newest?.transaction ?? 0 {
                newest = (transaction, try BoltFile.number(bytes, meta + 16, UInt64.self), size)
            }
        }
        guard let newest, newest.pageSize >= 512, newest.root < UInt64(bytes.count) else { throw Damaged() }
        pageSize = Int(newest.pageSize)
        root = Int(newest.root)
    }

    /// All entries of the bucket under a path of names; none where there is no such bucket.
    func entries(of path: [String]) throws(Damaged) -> [Entry] {
        var current = try tree { (left) throws(Damaged) in try entries(page: root, depth: 0, &left) }
        for name in path {
            guard let bucket = current.first(where: { $0.isBucket && $0.key.elementsEqual(name.utf8) }) else {
                return []
            }
            current = try entries(in: bucket)
        }
        return current
    }

    /// All entries of a bucket that was found.
    func entries(in bucket: Entry) throws(Damaged) -> [Entry] {
        let page = try Self.number(bytes, bucket.value.startIndex, UInt64.self)
        return try tree { (left) throws(Damaged) in
            if page != 0 { return try entries(page: Int(truncatingIfNeeded: page), depth: 0, &left) }
            return try entries(at: bucket.value.startIndex + Self.headerSize, depth: 0, &left)
        }
    }

    /// Reads a tree with room for as many elements as the file can hold: pages that lead back to themselves have more.
    private func tree(_ body: (inout Int) throws(Damaged) -> [Entry]) throws(Damaged) -> [Entry] {
        var left = bytes.count / Self.elementSize
        return try body(&left)
    }

    private func entries(page: Int, depth: Int, _ left: inout Int) throws(Damaged) -> [Entry] {
        guard page >= 0, page < bytes.count / pageSize else { throw Damaged() }
        return try entries(at: page * pageSize, depth: depth, &left)
    }

    private func entries(at start: Int, depth: Int, _ left: inout Int) throws(Damaged) -> [Entry] {
        guard depth < 32 else { throw Damaged() }
        let kind = try Self.number(bytes, start + 8, UInt16.self)
        let count = Int(try Self.number(bytes, start + 10, UInt16.self))
        left -= count
        guard left >= 0 else { throw Damaged() }
        var found: [Entry] = []
        for index in 0..<count {
            let element = start + Self.headerSize + index * Self.elementSize
            if kind & 0x01 != 0 {
                let page = Int(truncatingIfNeeded: try Self.number(bytes, element + 8, UInt64.self))
                found += try entries(page: page, depth: depth + 1, &left)
            } else if kind & 0x02 != 0 {
                found.append(try leaf(element))
            } else {
                throw Damaged()
            }
        }
        return found
    }

    private func leaf(_ element: Int) throws(Damaged) -> Entry {
        let isBucket = try Self.number(bytes, element, UInt32.self) & 1 != 0
        let key = element + Int(try Self.number(bytes, element + 4, UInt32.self))
        let value = key + Int(try Self.number(bytes, element + 8, UInt32.self))
        let end = value + Int(try Self.number(bytes, element + 12, UInt32.self))
        guard end <= bytes.count else { throw Damaged() }
        return Entry(key: bytes[key..<value], value: bytes[value..<end], isBucket: isBucket)
    }

    private static func number<Number: FixedWidthInteger>(
        _ bytes: [UInt8], _ offset: Int, _: Number.Type
    ) throws(Damaged) -> Number {
        let size = MemoryLayout<Number>.size
        guard offset >= 0, offset <= bytes.count - size else { throw Damaged() }
        return bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Number.self) }
    }
}
