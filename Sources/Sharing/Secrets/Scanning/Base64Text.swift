// SPDX-License-Identifier: Apache-2.0

/// A text in base64 of either alphabet, with or without padding (RFC 4648, 4 and 5).
struct Base64Text {
    /// What it means.
    let bytes: [UInt8]
    private let text: [UInt8]
    private let isURLSafe: Bool

    static let standard = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    static let urlSafe = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// The six bits that a character stands for.
    static func bits(_ character: UInt8) -> UInt8? {
        switch character {
        case 65...90: character - 65
        case 97...122: character - 71
        case 48...57: character + 4
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }

    /// Reads a text; nil where it is no base64.
    init?(_ text: [UInt8]) {
        let digits = text.prefix { $0 != UInt8(ascii: "=") }
        let values = digits.compactMap(Self.bits)
        guard values.count == digits.count, text.count - digits.count <= 2, digits.count % 4 != 1,
            text[digits.count...].allSatisfy({ $0 == UInt8(ascii: "=") })
        else { return nil }
        self.text = text
        isURLSafe = text.contains { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
        var (buffer, held): (UInt32, UInt32) = (0, 0)
        var bytes: [UInt8] = []
        for value in values {
            buffer = (buffer << 6 | UInt32(value)) & 0xFFFF
            held += 6
            if held >= 8 {
                held -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> held))
            }
        }
        self.bytes = bytes
    }

    /// The text of some bytes, without padding.
    static func encode(_ bytes: [UInt8], urlSafe isURLSafe: Bool = false) -> [UInt8] {
        let alphabet = isURLSafe ? urlSafe : standard
        var (buffer, held): (UInt32, UInt32) = (0, 0)
        var text: [UInt8] = []
        for byte in bytes {
            buffer = (buffer << 8 | UInt32(byte)) & 0xFFFF
            held += 8
            while held >= 6 {
                held -= 6
                text.append(alphabet[Int(buffer >> held & 63)])
            }
        }
        if held > 0 { text.append(alphabet[Int(buffer << (6 - held) & 63)]) }
        return text
    }

    /// The text with other bytes in some place.
    func replacing(_ range: Range<Int>, with new: [UInt8]) -> [UInt8]? {
        guard new.count == range.count else { return nil }
        var bytes = bytes
        bytes.replaceSubrange(range, with: new)
        let written = Self.encode(bytes, urlSafe: isURLSafe)
        return written + text.dropFirst(written.count)
    }

    /// Puts bytes into a text in place, bit by bit, so that what shares characters with them stays.
    ///
    /// - Parameters:
    ///   - start: Where the group of four characters begins in which the bytes begin.
    ///   - skipped: How many bytes stand before them in that group.
    static func write(_ bytes: [UInt8], behind skipped: Int, at start: Int, of text: inout [UInt8], urlSafe: Bool) {
        let alphabet = urlSafe ? Self.urlSafe : standard
        let bits = skipped * 8..<(skipped + bytes.count) * 8
        for character in bits.lowerBound / 6...(bits.upperBound - 1) / 6 {
            let position = start + character
            guard text.indices.contains(position), var value = Self.bits(text[position]) else { continue }
            for bit in character * 6..<character * 6 + 6 where bits.contains(bit) {
                let place = bit - bits.lowerBound
                let isSet = bytes[place / 8] >> (7 - UInt8(place % 8)) & 1 == 1
                let mask = UInt8(1) << (5 - UInt8(bit % 6))
                value = isSet ? value | mask : value & ~mask
            }
            text[position] = alphabet[Int(value)]
        }
    }
}
