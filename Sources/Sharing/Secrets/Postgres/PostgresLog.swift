// SPDX-License-Identifier: Apache-2.0
// The form is that of access/xlogrecord.h and access/xlog_internal.h, postgres 11 to 18.

/// Segments of postgres' write-ahead log: edited record by record, each with a new checksum.
///
/// What a record brings back after a crash has to agree with the tables; a record with a wrong checksum would be taken
/// for the end of the log, and all that follows it would be lost.
enum PostgresLog {
    private static let pageSize = 8192
    private static let headerSize = 24

    /// Whether a file is a segment, by its path: `pg_wal/000000010000000000000001`.
    static func isSegment(_ path: [UInt8]) -> Bool {
        let parts = path.split(separator: UInt8(ascii: "/"))
        guard let name = parts.last, parts.count >= 2 else { return false }
        return parts[parts.count - 2].elementsEqual("pg_wal".utf8) && name.count == 24
            && name.allSatisfy { $0.hexValue != nil }
    }

    /// Edits a segment, and says in how many places.
    static func edit(_ bytes: inout [UInt8], with editor: SecretEditor) throws -> Int {
        var places = 0
        for record in records(of: bytes) {
            var data = record.flatMap { bytes[$0] }
            let before = data
            let found = try editor.edit(&data, from: headerSize, to: data.count)
            guard !found.isEmpty, number(before, 20) == checksum(before) else { continue }
            let sum = checksum(data)
            for index in 0..<4 { data[20 + index] = UInt8(truncatingIfNeeded: sum >> (8 * UInt32(index))) }
            var taken = 0
            for range in record {
                bytes.replaceSubrange(range, with: data[taken..<taken + range.count])
                taken += range.count
            }
            places += found.count
        }
        // What is no whole record: the end of the log before, and the beginning of the one behind it.
        return try places + editor.edit(&bytes, from: 0, to: bytes.count).count
    }

    /// How many whole records a segment has, and how many of them have a right checksum.
    static func soundRecords(of bytes: [UInt8]) -> (all: Int, sound: Int) {
        let all = records(of: bytes).map { record in record.flatMap { bytes[$0] } }
        return (all.count, all.count { number($0, 20) == checksum($0) })
    }

    /// Where the records are that begin and end in a segment, each in as many parts as pages it touches.
    private static func records(of bytes: [UInt8]) -> [[Range<Int>]] {
        guard bytes.count >= pageSize, let start = address(of: bytes, page: 0) else { return [] }
        var records: [[Range<Int>]] = []
        var position = pageHeader(bytes, 0)
        // The rest of a record of the segment before.
        guard let rest = parts(bytes, &position, Int(number(bytes, 16)), start) else { return [] }
        _ = rest
        position = aligned(position)
        while position + 4 <= bytes.count {
            if position % pageSize == 0 {
                guard isPage(bytes, position, start) else { break }
                position += pageHeader(bytes, position)
            }
            let length = Int(number(bytes, position))
            guard length >= headerSize, length < bytes.count, let found = parts(bytes, &position, length, start) else {
                break
            }
            records.append(found)
            position = aligned(position)
        }
        return records
    }

    /// So many bytes from a position on, without the headers of the pages between them.
    private static func parts(_ bytes: [UInt8], _ position: inout Int, _ length: Int, _ start: UInt64) -> [Range<Int>]?
    {
        var ranges: [Range<Int>] = []
        var left = length
        while left > 0 {
            if position % pageSize == 0 {
                guard position < bytes.count, isPage(bytes, position, start) else { return nil }
                position += pageHeader(bytes, position)
            }
            let end = min(position + left, (position / pageSize + 1) * pageSize, bytes.count)
            guard end > position else { return nil }
            ranges.append(position..<end)
            left -= end - position
            position = end
        }
        return ranges
    }

    private static func aligned(_ position: Int) -> Int { (position + 7) & ~7 }

    private static func number(_ bytes: [UInt8], _ position: Int) -> UInt32 {
        guard position + 4 <= bytes.count else { return 0 }
        return bytes[position..<position + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    private static func address(of bytes: [UInt8], page: Int) -> UInt64? {
        guard page + headerSize <= bytes.count, bytes[page + 1] == 0xD1 || bytes[page + 1] == 0xD0 else { return nil }
        return UInt64(number(bytes, page + 8)) | UInt64(number(bytes, page + 12)) << 32
    }

    /// Whether a page belongs to the segment, and is not left over from an earlier use of the file.
    private static func isPage(_ bytes: [UInt8], _ position: Int, _ start: UInt64) -> Bool {
        address(of: bytes, page: position) == start &+ UInt64(position)
    }

    private static func pageHeader(_ bytes: [UInt8], _ position: Int) -> Int { bytes[position + 2] & 2 != 0 ? 40 : 24 }

    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0x82F6_3B78 : sum >> 1 }
    }

    /// CRC-32C (RFC 3720, 12.1) of a record's data and then of its header up to the checksum.
    private static func checksum(_ record: [UInt8]) -> UInt32 {
        var sum = UInt32.max
        for byte in record[headerSize...] { sum = sum >> 8 ^ table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] }
        for byte in record[..<20] { sum = sum >> 8 ^ table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] }
        return ~sum
    }
}
