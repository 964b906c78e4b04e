// SPDX-License-Identifier: Apache-2.0

/// How much a value at the place of a secret is one.
enum SecretGrade: Sendable {
    /// No secret at all: a reference, a path, a switch.
    case harmless
    /// What anybody would guess, or too short to be looked for elsewhere: replaced at its place alone.
    case weak
    /// A secret.
    case strong

    /// The shortest value that is looked for everywhere.
    static let shortest = 6

    private static let switches: Set<String> = [
        "true", "false", "yes", "no", "on", "off", "none", "null", "nil", "undefined", "auto", "required", "optional",
        "disabled", "enabled", "empty", "localhost", "string", "str", "default", "never", "always", "prompt",
        "scram-sha-256", "md5", "trust", "peer", "ident", "password", "text", "bytes", "int", "bool", "any", "unset",
    ]
    private static let guesses: Set<String> = [
        "postgres", "postgresql", "passwd", "passw0rd", "pass", "secret", "changeme", "change-me", "change_me", "admin",
        "administrator", "root", "test", "testing", "example", "guest", "user", "username", "token", "mysql", "mariadb",
        "redis", "minio", "minioadmin", "rabbitmq", "mongo", "default", "docker", "letmein", "qwerty", "welcome",
        "foobar",
        "foobared", "placeholder", "dummy", "fake", "insecure", "development", "password1", "password123", "hunter2",
        "123456", "12345678", "123456789", "1234567890", "your-password", "your_password", "mypassword", "supersecret",
    ]

    /// Grades a value.
    ///
    /// - Parameter isPassword: Whether its name says password: then short and numeric values count as well.
    init(_ value: [UInt8], isPassword: Bool) {
        let text = value.text.lowercased()
        guard let first = value.first, !Self.isReference(value), !Self.isPath(value) else {
            self = .harmless
            return
        }
        let isMasked = value.allSatisfy { $0 == first } && [0x2A, 0x78, 0x58, 0x2E, 0x2D, 0x3F].contains(first)
        let isNumber = value.allSatisfy(\.isDigit) && value.count < Self.shortest
        if isPassword, text == "password" {
            self = .weak
        } else if Self.switches.contains(text) || isMasked || (isNumber && !isPassword) || Self.isProse(value) {
            self = .harmless
        } else if value.count < Self.shortest || Self.guesses.contains(text) || Self.isPlaceholder(text) {
            self = value.count < 3 && !isPassword ? .harmless : .weak
        } else {
            self = .strong
        }
    }

    /// `${VARIABLE}`, `$VARIABLE`, `{{ template }}`, `<placeholder>`, `%(name)s`.
    static func isReference(_ value: [UInt8]) -> Bool {
        guard let first = value.first, let last = value.last else { return true }
        let second = value.count > 1 ? value[1] : 0
        switch first {
        case UInt8(ascii: "$"):
            if second == UInt8(ascii: "{") { return last == UInt8(ascii: "}") || value.text.contains("}/") }
            // $dir/private/key.pem
            if let slash = value.firstIndex(of: UInt8(ascii: "/")), slash > 1, second.isLetter {
                return value[1..<slash].allSatisfy { $0.isLetter || $0.isDigit || $0 == 0x5F }
            }
            if second == UInt8(ascii: "(") || second == UInt8(ascii: "$") { return true }
            return value.dropFirst().allSatisfy { $0.isLetter || $0.isDigit || $0 == 0x5F } && !second.isDigit
        case UInt8(ascii: "{"): return last == UInt8(ascii: "}")
        case UInt8(ascii: "<"): return last == UInt8(ascii: ">")
        case UInt8(ascii: "%"): return second == UInt8(ascii: "(") || value.count <= 3
        case UInt8(ascii: "["), UInt8(ascii: "("), UInt8(ascii: "|"), UInt8(ascii: ">"), UInt8(ascii: "&"):
            return value.count <= 3
        default: return false
        }
    }

    private static let roots: Set<String> = [
        "run", "etc", "var", "srv", "home", "opt", "usr", "tmp", "root", "secrets", "data", "app", "mnt", "dev", "proc",
        "config", "certs", "keys", "vault", "workspace", "code", "sys", "bin", "lib",
    ]

    private static func isPath(_ value: [UInt8]) -> Bool {
        let text = value.text
        if text.hasPrefix("./") || text.hasPrefix("../") || text.hasPrefix("~/") || text.hasPrefix("file://") {
            return true
        }
        guard text.hasPrefix("/") else { return false }
        let parts = text.split(separator: "/")
        return parts.count > 1 && roots.contains(String(parts[0]))
    }

    /// A sentence, as a label on a button is; a passphrase is written small.
    private static func isProse(_ value: [UInt8]) -> Bool {
        guard value.contains(0x20) else { return false }
        // nsswitch.conf(5) has a "passwd: files systemd".
        if value.starts(with: "files ".utf8) || value.starts(with: "compat ".utf8) { return true }
        guard value[0].isUpper else { return false }
        return value.allSatisfy { $0.isLetter || $0 == 0x20 || "?!.,:;'-()".utf8.contains($0) || $0 >= 0x80 }
    }

    private static func isPlaceholder(_ text: String) -> Bool {
        ["your", "change", "replace", "insert", "enter-", "example", "todo"].contains { text.hasPrefix($0) }
    }
}
