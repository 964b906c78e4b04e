// SPDX-License-Identifier: Apache-2.0

/// A text with escapes, as pairs of what is written and what is meant.
struct TextUnits {
    private(set) var decoded: [UInt8] = []
    private(set) var units: [(raw: ArraySlice<UInt8>, decoded: Range<Int>)] = []

    init(_ raw: ArraySlice<UInt8>, _ writing: SecretWriting) {
        var rest = raw
        while let first = rest.first {
            var length = 1
            var meaning: [UInt8] = [first]
            switch (writing, first) {
            case (.percent, UInt8(ascii: "%")):
                if rest.count >= 3, let high = rest[rest.startIndex + 1].hexValue,
                    let low = rest[rest.startIndex + 2].hexValue
                {
                    (length, meaning) = (3, [high << 4 | low])
                }
            case (.dollars, UInt8(ascii: "$")):
                if rest.dropFirst().first == first { length = 2 }
            case (.escaped, UInt8(ascii: "\\")):
                (length, meaning) = Self.escape(rest)
            default: break
            }
            units.append((rest.prefix(length), decoded.count..<decoded.count + meaning.count))
            decoded += meaning
            rest = rest.dropFirst(length)
        }
    }

    /// How many written bytes stand before a byte of what is meant.
    func rawOffset(of position: Int) -> Int {
        var offset = 0
        for unit in units {
            if unit.decoded.lowerBound >= position { break }
            offset += unit.raw.count
        }
        return offset
    }

    /// The text with another meaning of the same length.
    func rewritten(as value: [UInt8]) -> [UInt8]? {
        guard value.count == decoded.count else { return nil }
        var result: [UInt8] = []
        for unit in units {
            let (old, new) = (decoded[unit.decoded], value[unit.decoded])
            if old.elementsEqual(new) {
                result += unit.raw
            } else if unit.raw.count == new.count {
                result += new
            } else if unit.raw.first == UInt8(ascii: "%"), let byte = new.first {
                let isUpper = unit.raw.dropFirst().contains(where: \.isUpper)
                result += [UInt8(ascii: "%")] + [byte].hexDigits.map { isUpper && $0.isLower ? $0 - 32 : $0 }
            } else if let written = Self.unicodeEscape(new, like: unit.raw) {
                result += written
            } else {
                return nil
            }
        }
        return result
    }

    private static func escape(_ rest: ArraySlice<UInt8>) -> (length: Int, meaning: [UInt8]) {
        guard let kind = rest.dropFirst().first else { return (1, [UInt8(ascii: "\\")]) }
        switch kind {
        case UInt8(ascii: "n"): return (2, [0x0A])
        case UInt8(ascii: "t"): return (2, [0x09])
        case UInt8(ascii: "r"): return (2, [0x0D])
        case UInt8(ascii: "b"): return (2, [0x08])
        case UInt8(ascii: "f"): return (2, [0x0C])
        case UInt8(ascii: "u"):
            guard let first = codeUnit(rest) else { return (2, [kind]) }
            if (0xD800..<0xDC00).contains(first), let second = codeUnit(rest.dropFirst(6)),
                (0xDC00..<0xE000).contains(second)
            {
                let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
                return (12, Array(String(Character(scalar ?? "\u{FFFD}")).utf8))
            }
            return (6, Array(String(Character(Unicode.Scalar(first) ?? "\u{FFFD}")).utf8))
        default: return (2, [kind])
        }
    }

    private static func codeUnit(_ rest: ArraySlice<UInt8>) -> UInt32? {
        guard rest.count >= 6, rest.hasPrefixIgnoringCase("\\u") else { return nil }
        let digits = rest.dropFirst(2).prefix(4).compactMap(\.hexValue)
        return digits.count == 4 ? digits.reduce(0) { $0 << 4 | UInt32($1) } : nil
    }

    private static func unicodeEscape(_ bytes: ArraySlice<UInt8>, like raw: ArraySlice<UInt8>) -> [UInt8]? {
        guard raw.hasPrefixIgnoringCase("\\u") else { return nil }
        let isUpper = raw.dropFirst(2).contains(where: \.isUpper)
        let units = bytes.text.utf16.flatMap { unit in
            Array("\\u".utf8)
                + [UInt8(unit >> 8), UInt8(unit & 255)].hexDigits.map { isUpper && $0.isLower ? $0 - 32 : $0 }
        }
        return units.count == raw.count ? units : nil
    }
}
