// SPDX-License-Identifier: Apache-2.0

/// Puts variables into the text of a compose file
/// (https://github.com/compose-spec/compose-spec/blob/main/12-interpolation.md).
struct ComposeVariables: Sendable {
    private let values: [String: String]

    /// The variables of these values.
    init(_ values: [String: String]) { self.values = values }

    /// The text with `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME-default}`, `${NAME:+other}`, `${NAME+other}` and
    /// `${NAME:?message}` replaced, and `$$` by `$`; what is none of these stays.
    func replace(in text: String) -> String {
        guard text.contains("$") else { return text }
        var result = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            if rest.hasPrefix("$") {
                result += "$"
                rest = rest.dropFirst()
            } else if rest.hasPrefix("{"), let end = Self.end(of: rest) {
                result += value(of: rest[rest.index(after: rest.startIndex)..<end])
                rest = rest[rest.index(after: end)...]
            } else {
                let name = rest.prefix(while: Self.isName)
                if name.first.map({ !$0.isNumber }) == true {
                    result += values[String(name)] ?? ""
                    rest = rest.dropFirst(name.count)
                } else {
                    result += "$"
                }
            }
        }
        return result + rest
    }

    /// Where the brace closes that the text begins with; variables may stand inside.
    private static func end(of text: Substring) -> Substring.Index? {
        var depth = 0
        for index in text.indices {
            if text[index] == "{" { depth += 1 }
            if text[index] == "}" { depth -= 1 }
            if depth == 0 { return index }
        }
        return nil
    }

    private static func isName(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || character == "_")
    }

    private func value(of expression: Substring) -> String {
        let name = String(expression.prefix(while: Self.isName))
        var rest = expression.dropFirst(name.count)
        let countsEmpty = rest.hasPrefix(":")
        if countsEmpty { rest = rest.dropFirst() }
        let value = values[name].flatMap { countsEmpty && $0.isEmpty ? nil : $0 }
        guard let sign = rest.first else { return values[name] ?? "" }
        let other = replace(in: String(rest.dropFirst()))
        return switch sign {
        case "-": value ?? other
        case "+": value == nil ? "" : other
        default: value ?? ""
        }
    }

    /// Reads a file of variables, as `.env`: a `NAME=value` a line.
    static func parse(_ text: String) -> [String: String] {
        var values: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            var line = line.drop(while: \.isWhitespace)
            guard !line.hasPrefix("#"), let equals = line.firstIndex(of: "=") else { continue }
            if line.hasPrefix("export ") { line = line.dropFirst("export ".count) }
            let name = line[..<equals].filter { !$0.isWhitespace }
            values[String(name)] = unquoted(line[line.index(after: equals)...])
        }
        return values
    }

    private static func unquoted(_ value: Substring) -> String {
        let trimmed = value.drop(while: \.isWhitespace)
        for quote in ["\"", "'"] where trimmed.hasPrefix(quote) {
            if let end = trimmed.dropFirst().firstIndex(of: Character(quote)) {
                return String(trimmed.dropFirst()[..<end])
            }
        }
        let bare = trimmed.firstRange(of: " #").map { trimmed[..<$0.lowerBound] } ?? trimmed
        return String(bare.reversed().drop(while: \.isWhitespace).reversed())
    }
}
