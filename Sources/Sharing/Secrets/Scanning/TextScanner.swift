// SPDX-License-Identifier: Apache-2.0

/// Finds secrets in a text: what stands under a secret's name, passwords in URLs, private keys, tokens.
///
/// One pass over the bytes, without regular expressions: every text file of an environment goes through it.
struct TextScanner {
    /// What kind of text it is, and so how much is taken for a value.
    enum Kind {
        /// A file of settings: whatever stands under a name is its value.
        case settings
        /// A script, a command line or another short text of the engine's.
        case command
        /// Source code, a log, prose: only what looks like a secret by itself.
        case other
    }

    /// How far from a name its value may end: without a limit a file of names alone would take for ever.
    var farthest: Int {
        if case .other = kind { return 600 }
        return 2048
    }

    let text: [UInt8]
    let kind: Kind
    var hits: [SecretHit] = []

    /// The secrets of a text, in their order.
    static func scan(_ text: [UInt8], as kind: Kind) -> [SecretHit] {
        var scanner = TextScanner(text: text, kind: kind)
        scanner.run()
        return scanner.hits.resolved
    }

    private mutating func run() {
        var position = 0
        while position < text.count {
            let byte = text[position]
            if byte.isLetter || byte == 0x5F {
                let end = nameEnd(position)
                let known = hits.count
                findNamed(position..<end)
                // What is a value is no name as well.
                position = hits.count > known ? max(end, hits[hits.count - 1].range.upperBound) : end
            } else if byte.isDigit {
                position = nameEnd(position)
            } else if byte == UInt8(ascii: ":"), text[position...].starts(with: "://".utf8) {
                findURLPassword(position + 3)
                position += 3
            } else if byte == UInt8(ascii: "-"), text[position...].starts(with: "-----BEGIN ".utf8) {
                position = findPrivateKey(position)
            } else {
                position += 1
            }
        }
    }

    private func nameEnd(_ start: Int) -> Int {
        var end = start + 1
        while end < text.count, text[end].isNamePart { end += 1 }
        return end
    }

    private mutating func findNamed(_ name: Range<Int>) {
        if let length = SecretTokens.length(text[name]) {
            add(name.lowerBound..<name.lowerBound + length, .plain, .token, "")
        } else if SecretNames.isSecret(text[name]) {
            findAssignment(name)
        } else if text[name].hasPrefixIgnoringCase("auth") {
            findAuthorization(name)
        } else if text[name].hasPrefixIgnoringCase("mysql") || text[name].hasPrefixIgnoringCase("mariadb") {
            findShortOption("-p", after: name)
        } else if text[name].elementsEqual("redis-cli".utf8) {
            findShortOption("-a ", after: name)
        } else if text[name].elementsEqual("sshpass".utf8) {
            findShortOption("-p", after: name)
        }
    }

    /// Takes note of a value, where it is one.
    mutating func add(
        _ range: Range<Int>, _ writing: SecretWriting, _ rule: SecretRule, _ name: String, isPassword: Bool = false,
        user: [UInt8]? = nil
    ) {
        guard !range.isEmpty else { return }
        let value = writing.read(text[range])
        let grade = rule == .token ? SecretGrade.strong : SecretGrade(value, isPassword: isPassword)
        if case .harmless = grade { return }
        hits.append(
            SecretHit(
                range: range, value: value, writing: writing, rule: rule, name: name, grade: grade, user: user))
    }

    /// `mysql -pSECRET`: the option of a command on the same line.
    private mutating func findShortOption(_ option: StaticString, after name: Range<Int>) {
        let line = text[name.upperBound...].prefix(512).prefix {
            !$0.isLineEnd && $0 != UInt8(ascii: "|") && $0 != UInt8(ascii: ";")
        }
        var rest = line
        while let space = rest.firstIndex(where: { $0.isBlank }) {
            rest = rest[(space + 1)...]
            guard rest.hasPrefixIgnoringCase(option), rest.first == UInt8(ascii: "-") else { continue }
            var value = rest.dropFirst(option.utf8CodeUnitCount)
            if option.utf8CodeUnitCount == 2, text[name].elementsEqual("sshpass".utf8), value.first?.isBlank == true {
                value = value.dropFirst()
            }
            // -P is the port.
            guard rest.dropFirst().first == option.utf8Start[1] else { continue }
            if let quote = value.first, quote.isQuote {
                value = value.dropFirst().prefix { $0 != quote }
            } else {
                value = value.prefix { !$0.isBlank && !$0.isQuote && $0 != UInt8(ascii: "\\") }
            }
            add(value.indices, .plain, .passwordFile, "\(text[name].text) \(option)", isPassword: true)
        }
    }
}
