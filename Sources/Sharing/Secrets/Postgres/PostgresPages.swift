// SPDX-License-Identifier: Apache-2.0
// https://github.com/postgres/postgres/blob/REL_17_STABLE/src/include/storage/checksum_impl.h describes the checksum.

import Archive

/// Files of postgres' tables: edited page by page, and where pages have checksums, with new ones.
enum PostgresPages {
    static let pageSize = 8192
    /// The blocks in one file of a table: 1 GiB.
    static let blocksOfSegment: UInt32 = 131_072

    /// The number of a table's file within the table, by its path: `base/16384/2619.1` is 1; nil for any other file.
    static func segment(of path: [UInt8]) -> UInt32? {
        let parts = path.split(separator: UInt8(ascii: "/"))
        guard let name = parts.last, parts.count >= 2 else { return nil }
        let isTable =
            parts[parts.count - 2].elementsEqual("global".utf8)
            || (parts.count >= 3 && parts[parts.count - 2].allSatisfy(\.isDigit)
                && (parts[parts.count - 3].elementsEqual("base".utf8)
                    || parts[parts.count - 3].starts(with: "PG_".utf8)))
        let pieces = name.split(separator: UInt8(ascii: "."), maxSplits: 1)
        guard isTable, let first = pieces.first, first.prefix(while: \.isDigit).count > 0,
            first.allSatisfy({ $0.isDigit || $0.isLower || $0 == 0x5F }), first.first?.isDigit == true
        else { return nil }
        guard pieces.count == 2 else { return 0 }
        return UInt32(pieces[1].text)
    }

    /// Edits pages, and says in how many places.
    static func edit(_ bytes: inout [UInt8], firstBlock: UInt32, with editor: SecretEditor) throws -> Int {
        let original = bytes
        let places = try editor.edit(&bytes, from: 0, to: bytes.count)
        for page in Set(places.flatMap { $0.lowerBound / pageSize...($0.upperBound - 1) / pageSize }) {
            let range = page * pageSize..<(page + 1) * pageSize
            guard range.upperBound <= bytes.count else { continue }
            let block = firstBlock &+ UInt32(page)
            let stored = UInt16(original[range.lowerBound + 8]) | UInt16(original[range.lowerBound + 9]) << 8
            guard stored != 0, checksum(original[range], block: block) == stored else { continue }
            let new = checksum(bytes[range], block: block)
            bytes[range.lowerBound + 8] = UInt8(truncatingIfNeeded: new)
            bytes[range.lowerBound + 9] = UInt8(truncatingIfNeeded: new >> 8)
        }
        return places.count
    }

    private static let offsets: [UInt32] = [
        0x5B1F_36E9, 0xB852_5960, 0x02AB_50AA, 0x1DE6_6D2A, 0x79FF_467A, 0x9BB9_F8A3, 0x217E_7CD2, 0x83E1_3D2C,
        0xF8D4_474F, 0xE39E_B970, 0x42C6_AE16, 0x9932_16FA, 0x7B09_3B5D, 0x98DA_FF3C, 0xF718_902A, 0x0B1C_9CDB,
        0xE58F_764B, 0x1876_36BC, 0x5D7B_3BB1, 0xE73D_E7DE, 0x92BE_C979, 0xCCA6_C0B2, 0x304A_0979, 0x85AA_43D4,
        0x7831_25BB, 0x6CA8_EAA2, 0xE407_EAC6, 0x4B5C_FC3E, 0x9FBF_8C76, 0x15CA_20BE, 0xF2CA_9FD3, 0x959B_D756,
    ]

    /// The checksum of a page at its place in the table.
    static func checksum(_ page: ArraySlice<UInt8>, block: UInt32) -> UInt16 {
        var bytes = Array(page)
        (bytes[8], bytes[9]) = (0, 0)
        var sums = offsets
        func mix(_ index: Int, _ word: UInt32) {
            let value = sums[index] ^ word
            sums[index] = value &* 16_777_619 ^ (value >> 17)
        }
        for start in stride(from: 0, to: pageSize, by: 4) {
            let word = bytes[start..<start + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
            mix(start / 4 % 32, word)
        }
        for _ in 0..<2 { for index in 0..<32 { mix(index, 0) } }
        return UInt16((sums.reduce(0, ^) ^ block) % 65_535 + 1)
    }

    /// A file that is too large to be held: some pages at a time.
    struct Window {
        private var block: UInt32
        private let editor: SecretEditor
        private var held: [UInt8] = []
        private(set) var places = 0

        init(firstBlock: UInt32, editor: SecretEditor) { (block, self.editor) = (firstBlock, editor) }

        mutating func write(_ bytes: UnsafeRawBufferPointer, to sink: ByteSink) throws {
            held += bytes
            if held.count >= 1024 * PostgresPages.pageSize { try pass(held.count / PostgresPages.pageSize, to: sink) }
        }

        mutating func finish(to sink: ByteSink) throws {
            places += try PostgresPages.edit(&held, firstBlock: block, with: editor)
            try held.withUnsafeBytes { try sink($0) }
        }

        private mutating func pass(_ pages: Int, to sink: ByteSink) throws {
            var whole = Array(held.prefix(pages * PostgresPages.pageSize))
            held.removeFirst(whole.count)
            places += try PostgresPages.edit(&whole, firstBlock: block, with: editor)
            block &+= UInt32(pages)
            try whole.withUnsafeBytes { try sink($0) }
        }
    }
}
