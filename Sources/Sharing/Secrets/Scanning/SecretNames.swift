// SPDX-License-Identifier: Apache-2.0

/// Tells by a variable's name whether its value is a secret.
enum SecretNames {
    private static let words: Set<String> = [
        "PASSWORD", "PASSWORDS", "PASSWD", "PASSPHRASE", "PASS", "SECRET", "SECRETS", "TOKEN", "CREDENTIAL",
        "CREDENTIALS", "APIKEY", "REQUIREPASS", "MASTERAUTH",
    ]
    /// Words with another one before them, as `DBPASSWORD`.
    private static let endings = ["PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "TOKEN", "APIKEY", "SECRETKEY"]
    /// What a `KEY` has to be to be secret.
    private static let keys: Set<String> = [
        "API", "ACCESS", "SECRET", "PRIVATE", "ENCRYPTION", "SIGNING", "AUTH", "MASTER", "ACCOUNT", "STORAGE",
        "SERVICE", "LICENSE", "DEPLOY", "HMAC", "AES", "JWT", "SESSION", "COOKIE", "CIPHER", "APP", "CRYPTO",
    ]
    /// Words behind the one that counts.
    private static let trailing: Set<String> = [
        "PROD", "PRODUCTION", "DEV", "TEST", "STAGING", "OLD", "NEW", "BASE", "VALUE", "PLAIN", "STRING", "DEFAULT",
    ]

    /// Whether the value under the name is a secret.
    static func isSecret(_ name: some BidirectionalCollection<UInt8>) -> Bool {
        guard (3...128).contains(name.count), hasTrigger(name) else { return false }
        var words = split(name)
        while let last = words.last, words.count > 1, trailing.contains(last) || last.utf8.allSatisfy(\.isDigit) {
            words.removeLast()
        }
        guard let last = words.last else { return false }
        let before = words.dropLast().last
        switch last {
        case "KEY": return before.map { keys.contains($0) } ?? false
        case "PWD": return before != nil && before != "OLD"
        case "AUTH": return before == "REDISCLI" || name.first == UInt8(ascii: "_")
        default: return Self.words.contains(last) || endings.contains { last.hasSuffix($0) }
        }
    }

    /// Whether the name is that of a password, for which also short and numeric values count.
    static func isPassword(_ name: some BidirectionalCollection<UInt8>) -> Bool {
        split(name).contains { $0.hasPrefix("PASS") || $0.hasSuffix("PASSWORD") || $0 == "PWD" || $0 == "REQUIREPASS" }
    }

    /// Whether it is worth a closer look: most names have none of these.
    private static func hasTrigger(_ name: some Collection<UInt8>) -> Bool {
        var rest = name[...]
        while let first = rest.first {
            switch first.lowered {
            case UInt8(ascii: "p"):
                if rest.hasPrefixIgnoringCase("pass") || rest.hasPrefixIgnoringCase("pwd") { return true }
            case UInt8(ascii: "s"): if rest.hasPrefixIgnoringCase("secret") { return true }
            case UInt8(ascii: "t"): if rest.hasPrefixIgnoringCase("token") { return true }
            case UInt8(ascii: "k"): if rest.hasPrefixIgnoringCase("key") { return true }
            case UInt8(ascii: "a"): if rest.hasPrefixIgnoringCase("auth") { return true }
            case UInt8(ascii: "c"): if rest.hasPrefixIgnoringCase("credential") { return true }
            default: break
            }
            rest = rest.dropFirst()
        }
        return false
    }

    /// The words of a name, in capitals: `dbPassword`, `DB_PASSWORD` and `db.password` all have the same two.
    private static func split(_ name: some BidirectionalCollection<UInt8>) -> [String] {
        let bytes = Array(name)
        var words: [String] = []
        var word: [UInt8] = []
        func end() {
            if !word.isEmpty { words.append(word.text) }
            word = []
        }
        for (index, byte) in bytes.enumerated() {
            let previous = index > 0 ? bytes[index - 1] : 0
            let next = index + 1 < bytes.count ? bytes[index + 1] : 0
            guard byte.isLetter || byte.isDigit else {
                end()
                continue
            }
            let rises = byte.isUpper && (previous.isLower || (previous.isUpper && next.isLower))
            if rises || (byte.isDigit && previous.isLetter) { end() }
            word.append(byte.isLower ? byte - 32 : byte)
        }
        end()
        return words
    }
}
