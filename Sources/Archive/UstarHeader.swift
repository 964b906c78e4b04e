// SPDX-License-Identifier: Apache-2.0

/// The 512-byte header block of POSIX.1-2017, "ustar Interchange Format".
///
/// Numbers that do not fit are written as the nearest that does; the pax records carry the truth.
struct UstarHeader {
    enum TypeFlag: Character {
        case file = "0"
        case hardLink = "1"
        case symbolicLink = "2"
        case characterDevice = "3"
        case blockDevice = "4"
        case directory = "5"
        case fifo = "6"
        case extended = "x"
    }

    static let blockSize = 512
    static let nameCapacity = 100
    /// The largest number in an eleven-digit octal field.
    static let largestLong: Int64 = 0o77_777_777_777
    /// The largest number in a seven-digit octal field.
    static let largestShort: Int64 = 0o7_777_777

    var name: [UInt8]
    var type: TypeFlag
    var mode: UInt32 = 0o644
    var user: UInt32 = 0
    var group: UInt32 = 0
    var size: Int64 = 0
    var modified: Int64 = 0
    var link: [UInt8] = []
    var major: UInt32 = 0
    var minor: UInt32 = 0

    /// The block with its checksum.
    func block() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: UstarHeader.blockSize) { memory, count in
            let block = UnsafeMutableRawBufferPointer(memory)
            block.initializeMemory(as: UInt8.self, repeating: 0)
            count = UstarHeader.blockSize
            fill(block)
        }
    }

    private func fill(_ block: UnsafeMutableRawBufferPointer) {
        func put(_ bytes: [UInt8], at offset: Int, capacity: Int) {
            bytes.withUnsafeBytes {
                block[offset..<offset + capacity].copyBytes(from: UnsafeRawBufferPointer(rebasing: $0.prefix(capacity)))
            }
        }
        func put(_ number: Int64, at offset: Int, digits: Int) {
            var rest = max(0, number)
            for index in stride(from: digits - 1, through: 0, by: -1) {
                block[offset + index] = UInt8(ascii: "0") + UInt8(rest & 7)
                rest >>= 3
            }
        }
        put(name, at: 0, capacity: UstarHeader.nameCapacity)
        put(Int64(mode), at: 100, digits: 7)
        put(min(Int64(user), UstarHeader.largestShort), at: 108, digits: 7)
        put(min(Int64(group), UstarHeader.largestShort), at: 116, digits: 7)
        put(min(size, UstarHeader.largestLong), at: 124, digits: 11)
        put(min(modified, UstarHeader.largestLong), at: 136, digits: 11)
        put(UstarHeader.noChecksum, at: 148, capacity: 8)
        block[156] = type.rawValue.asciiValue ?? 0
        put(link, at: 157, capacity: UstarHeader.nameCapacity)
        put(UstarHeader.magic, at: 257, capacity: 8)
        put(Int64(major), at: 329, digits: 7)
        put(Int64(minor), at: 337, digits: 7)
        var checksum: Int64 = 0
        for byte in block { checksum += Int64(byte) }
        put(checksum, at: 148, digits: 6)
        block[154] = 0
    }

    private static let noChecksum = Array("        ".utf8)
    private static let magic = Array("ustar\u{0}00".utf8)
}
