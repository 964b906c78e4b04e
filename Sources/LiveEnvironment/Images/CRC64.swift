// SPDX-License-Identifier: Apache-2.0

/// The checksum that tar-split notes of each file: CRC-64 with the polynomial of ISO 3309, as Go's `hash/crc64`.
struct CRC64 {
    private var value: UInt64 = ~0

    /// Eight tables, so that eight bytes are taken in one step.
    private static let tables: [[UInt64]] = {
        var tables = [[UInt64]](repeating: [UInt64](repeating: 0, count: 256), count: 8)
        for index in 0..<256 {
            var crc = UInt64(index)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xD800_0000_0000_0000 : crc >> 1 }
            tables[0][index] = crc
        }
        for index in 0..<256 {
            var crc = tables[0][index]
            for step in 1..<8 {
                crc = tables[0][Int(crc & 0xFF)] ^ crc >> 8
                tables[step][index] = crc
            }
        }
        return tables
    }()

    private static let flat: [UInt64] = tables.flatMap { $0 }

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        var crc = value
        Self.flat.withUnsafeBufferPointer { table in
            var offset = 0
            while bytes.count - offset >= 8 {
                let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian ^ crc
                crc = table[7 * 256 + Int(word & 0xFF)]
                for step in 1..<8 {
                    crc ^= table[(7 - step) * 256 + Int(truncatingIfNeeded: word >> (8 * UInt64(step)) & 0xFF)]
                }
                offset += 8
            }
            while offset < bytes.count {
                crc = table[Int(truncatingIfNeeded: (crc ^ UInt64(bytes[offset])) & 0xFF)] ^ crc >> 8
                offset += 1
            }
        }
        value = crc
    }

    /// The checksum of all so far, the highest byte first.
    var bytes: [UInt8] { withUnsafeBytes(of: (~value).bigEndian) { Array($0) } }
}
