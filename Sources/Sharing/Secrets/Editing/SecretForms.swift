// SPDX-License-Identifier: Apache-2.0

/// The ways in which a secret is looked for everywhere: as it is, and as other formats write it.
struct SecretForms: Sendable {
    /// One way of writing one secret.
    struct Form: Sendable {
        /// The bytes to look for.
        let pattern: [UInt8]
        /// The secret.
        let value: [UInt8]
        /// How it is written.
        let kind: Kind
    }

    enum Kind: Sendable {
        case plain
        case percent
        case escaped
        case dollars
        case hex
        /// In base64, behind so many bytes of a group of three; the pattern begins at a character of the group.
        case base64(behind: Int, character: Int, isURLSafe: Bool)
    }

    /// All forms of the secrets, none twice.
    let all: [Form]

    init(of values: some Collection<[UInt8]>) {
        var forms: [Form] = []
        var seen: Set<[UInt8]> = []
        // As it is comes first: another secret's coded form may look the same.
        for value in values where seen.insert(value).inserted {
            forms.append(Form(pattern: value, value: value, kind: .plain))
        }
        for value in values {
            for form in Self.coded(value)
            where form.pattern.count >= PatternSet.shortest && seen.insert(form.pattern).inserted {
                forms.append(form)
            }
        }
        all = forms
    }

    private static func coded(_ value: [UInt8]) -> [Form] {
        var forms: [Form] = []
        let unreserved = Set("-._~".utf8)
        let kept: [Set<UInt8>] = [[], unreserved, unreserved.union("/".utf8), unreserved.union("!'()*".utf8)]
        for kept in kept {
            for isUpper in [true, false] {
                forms.append(Form(pattern: percent(value, kept, isUpper), value: value, kind: .percent))
            }
        }
        for style in EscapeStyle.allCases {
            forms.append(Form(pattern: style.write(value), value: value, kind: .escaped))
        }
        if value.contains(UInt8(ascii: "$")) {
            forms.append(
                Form(
                    pattern: value.flatMap { $0 == UInt8(ascii: "$") ? [$0, $0] : [$0] }, value: value, kind: .dollars))
        }
        let hex = value.hexDigits
        forms.append(Form(pattern: hex, value: value, kind: .hex))
        forms.append(Form(pattern: hex.map { $0.isLower ? $0 - 32 : $0 }, value: value, kind: .hex))
        for isURLSafe in [false, true] { forms += (0..<3).map { base64(value, behind: $0, isURLSafe) } }
        return forms
    }

    private static func percent(_ value: [UInt8], _ kept: Set<UInt8>, _ isUpper: Bool) -> [UInt8] {
        value.flatMap { byte -> [UInt8] in
            if byte.isLetter || byte.isDigit || kept.contains(byte) { return [byte] }
            return [UInt8(ascii: "%")] + [byte].hexDigits.map { isUpper && $0.isLower ? $0 - 32 : $0 }
        }
    }

    /// The characters that follow from the value alone, whatever stands before and behind it.
    private static func base64(_ value: [UInt8], behind skipped: Int, _ isURLSafe: Bool) -> Form {
        let text = Base64Text.encode([UInt8](repeating: 0, count: skipped) + value, urlSafe: isURLSafe)
        let first = (skipped * 8 + 5) / 6
        let end = (skipped + value.count) * 8 / 6
        return Form(
            pattern: Array(text[first..<end]), value: value,
            kind: .base64(behind: skipped, character: first, isURLSafe: isURLSafe))
    }

    /// How writers of JSON escape.
    private enum EscapeStyle: CaseIterable {
        case least, slashes, html, ascii

        func write(_ value: [UInt8]) -> [UInt8] {
            value.text.unicodeScalars.flatMap { scalar -> [UInt8] in
                switch scalar {
                case "\"": return Array("\\\"".utf8)
                case "\\": return Array("\\\\".utf8)
                case "/" where self == .slashes: return Array("\\/".utf8)
                case "&", "<", ">": if self == .html { return Self.code(scalar) }
                case "\n": return Array("\\n".utf8)
                case "\t": return Array("\\t".utf8)
                default: if self == .ascii, scalar.value >= 0x80 { return Self.code(scalar) }
                }
                return Array(String(Character(scalar)).utf8)
            }
        }

        private static func code(_ scalar: Unicode.Scalar) -> [UInt8] {
            String(Character(scalar)).utf16.flatMap { unit in
                Array("\\u".utf8) + [UInt8(unit >> 8), UInt8(unit & 255)].hexDigits
            }
        }
    }
}
