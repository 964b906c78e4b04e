// SPDX-License-Identifier: Apache-2.0

extension String {
    /// The string with everything escaped that could move the cursor, change colours or hide text in a terminal.
    ///
    /// Names and messages of a snapshot are foreign text: control characters (C0, C1) and the characters that change
    /// the writing direction (Unicode Standard Annex 9) are printed as `\u{…}`.
    public var safeForTerminal: String {
        if isPlain { return self }
        var safe = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            if scalar.isUnsafeInTerminal {
                safe.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
            } else {
                safe.append(scalar)
            }
        }
        return String(safe)
    }

    /// Whether all of it is printable ASCII: a byte is a column then.
    var isPlain: Bool {
        // Over the bytes themselves: the view of a String is several times as slow.
        utf8.withContiguousStorageIfAvailable { $0.allSatisfy(\.isPrintable) } ?? utf8.allSatisfy(\.isPrintable)
    }
}

extension UInt8 {
    fileprivate var isPrintable: Bool { (0x20...0x7E).contains(self) }
}

extension Unicode.Scalar {
    fileprivate var isUnsafeInTerminal: Bool {
        switch value {
        case 0x00...0x1F, 0x7F...0x9F: true
        case 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0x061C: true
        default: false
        }
    }
}
