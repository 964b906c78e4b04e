// SPDX-License-Identifier: Apache-2.0

extension TextScanner {
    /// Takes the password of a URL, `scheme://user:password@host` (RFC 3986, 3.2.1).
    mutating func findURLPassword(_ start: Int) {
        var end = start
        var at: Int?
        while end < min(text.count, start + farthest), !Self.endsAuthority(text[end]) {
            if text[end] == UInt8(ascii: "@") { at = end }
            end += 1
        }
        guard let at, let colon = text[start..<at].firstIndex(of: UInt8(ascii: ":")) else { return }
        let range = colon + 1..<at
        let raw = Array(text[range])
        guard !SecretGrade.isReference(raw) else { return }
        let isCoded = raw.contains(UInt8(ascii: "%"))
        add(
            range, isCoded ? .percent : .plain, .url, "", isPassword: true,
            user: SecretWriting.percent.read(text[start..<colon]))
    }

    private static func endsAuthority(_ byte: UInt8) -> Bool {
        byte.isBlank || byte.isLineEnd || byte.isQuote || "/?#<>\\".utf8.contains(byte)
    }

    /// Takes the lines of a private key, and says where to go on.
    ///
    /// Each line is a value of its own: in one place they stand one below the other, in another with `\n` between.
    mutating func findPrivateKey(_ start: Int) -> Int {
        let header = text[start...].dropFirst(11).prefix(64)
        guard let mark = header.firstIndex(of: UInt8(ascii: "-")), header[..<mark].text.contains("PRIVATE KEY") else {
            return start + 11
        }
        var position = mark + 5
        var isContinuation = false
        while position < text.count, !text[position...].starts(with: "-----END".utf8), position - start < 1 << 16 {
            if text[position].isLineEnd || text[position].isBlank {
                position += 1
                continue
            }
            if text[position] == 0x5C, position + 1 < text.count {
                position += 2
                continue
            }
            var end = position
            while end < text.count, !text[end].isLineEnd, text[end] != 0x5C, !text[end].isQuote { end += 1 }
            guard end > position else { return end + 1 }
            let value = Array(text[position..<end])
            // "Proc-Type: 4,ENCRYPTED" and the like are no part of the key.
            if value.allSatisfy({ Base64Text.bits($0) != nil || $0 == UInt8(ascii: "=") }) {
                hits.append(
                    SecretHit(
                        range: position..<end, value: value, writing: .plain, rule: .privateKey, name: "",
                        grade: value.count < 16 ? .weak : .strong, isContinuation: isContinuation))
                isContinuation = true
            }
            position = end
        }
        return position
    }

    /// Takes what stands behind `Authorization:`, and docker's `"auth"`.
    mutating func findAuthorization(_ name: Range<Int>) {
        let word = text[name]
        guard word.hasPrefixIgnoringCase("authorization") || word.elementsEqual("auth".utf8) else { return }
        var rest = text[name.upperBound...]
        while let first = rest.first, first.isQuote || first.isBlank || first == 0x5C { rest = rest.dropFirst() }
        guard let separator = rest.first, separator == UInt8(ascii: ":") || separator == UInt8(ascii: "=") else {
            return
        }
        rest = rest.dropFirst()
        while let first = rest.first, first.isQuote || first.isBlank || first == 0x5C { rest = rest.dropFirst() }
        var hasScheme = false
        for scheme in ["Bearer ", "Basic ", "Token "] as [StaticString] where rest.hasPrefixIgnoringCase(scheme) {
            rest = rest.dropFirst(scheme.utf8CodeUnitCount)
            hasScheme = true
        }
        let value = rest.prefix { $0.isNamePart || "+/=~".utf8.contains($0) }
        let decoded = Base64Text(Array(value))?.bytes ?? []
        if let colon = decoded.firstIndex(of: UInt8(ascii: ":")), decoded.allSatisfy({ (0x20..<0x7F).contains($0) }) {
            add(
                value.indices, .base64(behind: colon + 1), .authorization, word.text, isPassword: true,
                user: Array(decoded[..<colon]))
        } else if hasScheme, Self.isLikelySecret(Array(value), isQuoted: true) {
            add(value.indices, .plain, .authorization, word.text)
        }
    }
}
