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
        var block = [UInt8](repeating: 0, count: UstarHeader.blockSize)
        func put(_ bytes: some Sequence<UInt8>, at offset: Int, capacity: Int) {
            for (index, byte) in bytes.prefix(capacity).enumerated() {
                block[offset + index] = byte
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
        put(String(repeating: " ", count: 8).utf8, at: 148, capacity: 8)
        put(String(type.rawValue).utf8, at: 156, capacity: 1)
        put(link, at: 157, capacity: UstarHeader.nameCapacity)
        put("ustar\u{0}00".utf8, at: 257, capacity: 8)
        put(Int64(major), at: 329, digits: 7)
        put(Int64(minor), at: 337, digits: 7)
        let checksum = block.reduce(0) { $0 + Int64($1) }
        put(checksum, at: 148, digits: 6)
        block[154] = 0
        return block
    }
}
