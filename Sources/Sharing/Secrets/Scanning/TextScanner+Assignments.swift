// SPDX-License-Identifier: Apache-2.0

extension TextScanner {
    /// What stands for a value: where, how it is written, and whether quotes are around it.
    private struct Value {
        var range: Range<Int>
        var writing = SecretWriting.plain
        var isQuoted = false
    }

    private func byte(_ position: Int) -> UInt8 { position >= 0 && position < text.count ? text[position] : 0 }

    private func skippingBlanks(_ position: Int) -> Int {
        var position = position
        while byte(position).isBlank { position += 1 }
        return position
    }

    /// Takes what is assigned to a secret's name.
    mutating func findAssignment(_ name: Range<Int>) {
        if byte(name.lowerBound - 1) == UInt8(ascii: "{"), byte(name.lowerBound - 2) == UInt8(ascii: "$") {
            let end = text[name.upperBound...].prefix(farthest).prefix { !$0.isLineEnd }
                .firstIndex(of: UInt8(ascii: "}"))
            let whole = end.map { Value(range: name.lowerBound - 2..<$0 + 1) }
            guard let inner = whole.flatMap(fallback) else { return }
            return add(
                inner.range, inner.writing, .name, text[name].text, isPassword: SecretNames.isPassword(text[name]))
        }
        guard let value = assigned(to: name) else { return }
        let bytes = value.writing.read(text[value.range])
        let isPassword = SecretNames.isPassword(text[name])
        if case .other = kind, !Self.isLikelySecret(bytes, isQuoted: value.isQuoted) {
            guard let inner = fallback(value) else { return }
            return add(inner.range, inner.writing, .name, text[name].text, isPassword: isPassword)
        }
        // The password of a URL is found by itself.
        guard !bytes.text.contains("://") else { return }
        guard let inner = fallback(value) else {
            return add(value.range, value.writing, .name, text[name].text, isPassword: isPassword)
        }
        add(inner.range, inner.writing, .name, text[name].text, isPassword: isPassword)
    }

    /// The value in `${NAME:-value}` and `${NAME-value}`.
    private func fallback(_ value: Value) -> Value? {
        let raw = text[value.range]
        guard raw.starts(with: "${".utf8), raw.last == UInt8(ascii: "}"),
            let dash = raw.firstIndex(of: UInt8(ascii: "-"))
        else { return nil }
        let inner = (dash + 1)..<(value.range.upperBound - 1)
        return inner.isEmpty ? nil : Value(range: inner, writing: value.writing, isQuoted: true)
    }

    private func assigned(to name: Range<Int>) -> Value? {
        let before = byte(name.lowerBound - 1)
        let isOption = before == UInt8(ascii: "-")
        var position = name.upperBound
        // "name": and \"name\":
        var isClosed = false
        if byte(position) == UInt8(ascii: "\\"), byte(position + 1).isQuote { position += 1 }
        if byte(position).isQuote, byte(position) == before {
            isClosed = true
            position += 1
        }
        let separator = skippingBlanks(position)
        guard let begin = valueBegin(at: separator, isOption: isOption, isAfterTag: before == UInt8(ascii: "<")) else {
            return separator > position && !isClosed ? spaced(separator, name, isOption: isOption) : nil
        }
        let isTight = separator == position && begin == separator + 1
        let enclosing = before.isQuote && !isClosed ? before : 0
        return value(at: begin, name: name, isTight: isTight, enclosing: enclosing)
    }

    /// Where the value begins behind `=`, `:`, `:=`, `=>` or the `>` of a tag.
    private func valueBegin(at separator: Int, isOption: Bool, isAfterTag: Bool) -> Int? {
        switch byte(separator) {
        case UInt8(ascii: "="):
            if byte(separator + 1) == UInt8(ascii: "=") { return nil }
            let end = separator + (byte(separator + 1) == UInt8(ascii: ">") ? 2 : 1)
            return isTightValue(end) ? end : skippingBlanks(end)
        case UInt8(ascii: ":"):
            let next = byte(separator + 1)
            if next == UInt8(ascii: ":") || (next == UInt8(ascii: "/") && byte(separator + 2) == next) { return nil }
            return skippingBlanks(separator + (next == UInt8(ascii: "=") ? 2 : 1))
        case UInt8(ascii: ">"): return isAfterTag ? separator + 1 : nil
        default: return nil
        }
    }

    /// Whether nothing but the value can stand here: `NAME= ` is an empty value in a command.
    private func isTightValue(_ position: Int) -> Bool {
        if case .command = kind { return true }
        return !byte(position).isBlank
    }

    /// A value behind blanks: `--password secret`, `requirepass secret`, `PASSWORD 'secret'`.
    private func spaced(_ start: Int, _ name: Range<Int>, isOption: Bool) -> Value? {
        let word = text[name]
        let isDirective = word.hasPrefixIgnoringCase("requirepass") || word.hasPrefixIgnoringCase("masterauth")
        if byte(start) == UInt8(ascii: "'"), word.hasPrefixIgnoringCase("password"), word.count == 8 {
            return quoted(start)
        }
        guard isOption || isDirective, byte(start) != UInt8(ascii: "-") else { return nil }
        return value(at: start, name: name, isTight: true, enclosing: 0)
    }

    private func value(at start: Int, name: Range<Int>, isTight: Bool, enclosing: UInt8) -> Value? {
        var start = start
        // Prefixes of literals, as b"…" in Python.
        if "bBrRuUfF".utf8.contains(byte(start)), byte(start + 1).isQuote, case .other = kind { start += 1 }
        if byte(start).isQuote, byte(start) != enclosing { return quoted(start) }
        if byte(start) == UInt8(ascii: "\\"), byte(start + 1).isQuote { return escapedQuoted(start) }
        var end = start
        let limit = min(text.count, start + farthest)
        if enclosing != 0 {
            while end < limit, !text[end].isLineEnd, text[end] != enclosing { end += text[end] == 0x5C ? 2 : 1 }
            return Value(
                range: start..<min(end, text.count), writing: writing(start..<min(end, text.count)), isQuoted: true)
        }
        if case .settings = kind, isFirstOnLine(name) { return block(start) ?? toLineEnd(start) }
        while end < limit, !endsWord(end) { end += 1 }
        if byte(start) == UInt8(ascii: "$"), byte(start + 1) == UInt8(ascii: "{"), byte(end) == UInt8(ascii: "}") {
            end += 1
        }
        return Value(range: start..<end, writing: writing(start..<end), isQuoted: isTight && isCapital(name))
    }

    /// Whether a value without quotes ends here.
    ///
    /// What separates commands or settings is only taken for that where another
    /// one follows: passwords have such characters, too.
    private func endsWord(_ position: Int) -> Bool {
        switch byte(position) {
        case UInt8(ascii: "&"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "|"):
            let next = byte(position + 1)
            return next == 0 || next.isBlank || next.isLineEnd || next.isQuote || next == byte(position)
                || isSetting(position + 1)
        case let byte: return byte.isBlank || byte.isLineEnd || byte.isQuote || ")}]<>\\".utf8.contains(byte)
        }
    }

    private func isCapital(_ name: Range<Int>) -> Bool { !text[name].contains(where: \.isLower) }

    /// What stands between quotes on one line.
    private func quoted(_ start: Int) -> Value? {
        let quote = byte(start)
        var end = start + 1
        let limit = min(text.count, start + farthest)
        while end < limit, text[end] != quote, !text[end].isLineEnd { end += text[end] == 0x5C ? 2 : 1 }
        guard byte(end) == quote else { return nil }
        let range = start + 1..<end
        return Value(range: range, writing: writing(range), isQuoted: true)
    }

    /// The same with a backslash before each quote, as in JSON within a string.
    private func escapedQuoted(_ start: Int) -> Value? {
        var end = start + 2
        let limit = min(text.count, start + farthest)
        while end < limit, text[end] != 0x5C, !text[end].isLineEnd { end += 1 }
        return byte(end + 1) == byte(start + 1) ? Value(range: start + 2..<end, isQuoted: true) : nil
    }

    private func writing(_ range: Range<Int>) -> SecretWriting {
        if text[range].contains(0x5C) { return .escaped }
        var previous: UInt8 = 0
        for byte in text[range] {
            if byte == UInt8(ascii: "$"), previous == byte, case .settings = kind { return .dollars }
            previous = byte
        }
        return .plain
    }

    private func isFirstOnLine(_ name: Range<Int>) -> Bool {
        var start = name.lowerBound
        while start > 0, !text[start - 1].isLineEnd, name.lowerBound - start < 200 { start -= 1 }
        let before = text[start..<name.lowerBound].trimmed
        return ["", "-", "#", "//", ";", "export", "ENV", "ARG", "set", "SET"].contains(before.text)
    }

    /// The only line of a block in YAML, behind `|` or `>` (YAML 1.2, 8.1).
    private func block(_ start: Int) -> Value? {
        guard byte(start) == UInt8(ascii: "|") || byte(start) == UInt8(ascii: ">") else { return nil }
        var begin = start + 1
        while byte(begin) == UInt8(ascii: "-") || byte(begin) == UInt8(ascii: "+") || byte(begin).isBlank { begin += 1 }
        guard byte(begin).isLineEnd else { return nil }
        while byte(begin).isLineEnd || byte(begin).isBlank { begin += 1 }
        // A key has lines of its own, which are found as such.
        guard byte(begin) != UInt8(ascii: "-") else { return nil }
        return toLineEnd(begin)
    }

    /// The rest of a line, as in an env file: without a comment, and without what is the next setting.
    private func toLineEnd(_ start: Int) -> Value {
        var end = start
        let limit = min(text.count, start + farthest)
        while end < limit, !text[end].isLineEnd {
            if text[end].isBlank {
                let next = skippingBlanks(end)
                if byte(next) == UInt8(ascii: "#") || isSetting(next) { break }
            }
            end += 1
        }
        var value = text[start..<end].trimmed
        while let last = value.last, last == UInt8(ascii: ",") || last == UInt8(ascii: ";") { value = value.dropLast() }
        return Value(range: value.indices, writing: writing(value.indices), isQuoted: true)
    }

    private func isSetting(_ start: Int) -> Bool {
        var end = start
        while byte(end).isNamePart { end += 1 }
        return end > start && byte(start).isLetter && byte(end) == UInt8(ascii: "=")
    }

    /// Whether a value in code or prose looks like a secret by itself, and not like an expression.
    static func isLikelySecret(_ value: [UInt8], isQuoted: Bool) -> Bool {
        guard (8...512).contains(value.count), !value.contains(where: { $0.isBlank || "(){}$".utf8.contains($0) })
        else {
            return false
        }
        let hasDigit = value.contains(where: \.isDigit)
        let hasLetter = value.contains(where: \.isLetter)
        let isMixed = value.contains(where: \.isLower) && value.contains(where: \.isUpper)
        if !isQuoted, value.contains(where: { ".[:/".utf8.contains($0) }) { return false }
        return hasDigit && hasLetter || (isQuoted && isMixed && value.contains { !$0.isLetter })
    }
}
