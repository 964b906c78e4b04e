// SPDX-License-Identifier: Apache-2.0

/// What bytes of a text are; everything beyond ASCII is none of it.
extension UInt8 {
    var isLower: Bool { (97...122).contains(self) }
    var isUpper: Bool { (65...90).contains(self) }
    var isLetter: Bool { isLower || isUpper }
    var isDigit: Bool { (48...57).contains(self) }
    var isBlank: Bool { self == 0x20 || self == 0x09 }
    var isLineEnd: Bool { self == 0x0A || self == 0x0D }
    var isQuote: Bool { self == 0x22 || self == 0x27 || self == 0x60 }
    /// Whether a variable's name or a token may have it.
    var isNamePart: Bool { isLetter || isDigit || self == 0x5F || self == 0x2E || self == 0x2D }
    /// The letter in lower case, everything else as it is.
    var lowered: UInt8 { isUpper ? self + 32 : self }
    /// The value of a hexadecimal digit.
    var hexValue: UInt8? {
        switch self {
        case 48...57: self - 48
        case 65...70: self - 55
        case 97...102: self - 87
        default: nil
        }
    }
}

extension Collection<UInt8> {
    /// Whether the bytes begin like this, in whatever case.
    func hasPrefixIgnoringCase(_ prefix: StaticString) -> Bool {
        prefix.withUTF8Buffer { prefix in
            guard count >= prefix.count else { return false }
            return zip(self, prefix).allSatisfy { $0.lowered == $1.lowered }
        }
    }

    /// The bytes as text for people.
    var text: String { String(decoding: self, as: UTF8.self) }

    /// The bytes as lower-case hexadecimal digits.
    var hexDigits: [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }
}

extension ArraySlice<UInt8> {
    /// The bytes without white space around them.
    var trimmed: ArraySlice<UInt8> {
        var slice = self
        while let first = slice.first, first.isBlank || first.isLineEnd { slice = slice.dropFirst() }
        while let last = slice.last, last.isBlank || last.isLineEnd { slice = slice.dropLast() }
        return slice
    }
}
