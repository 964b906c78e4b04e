// SPDX-License-Identifier: Apache-2.0
// RFC 5803 and https://www.postgresql.org/docs/current/catalog-pg-authid.html

import Hashing
import OCI

/// What postgres keeps of passwords, `SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey`, made anew for stand-ins.
///
/// With the salt and the number of iterations of the old one the new one has the same length, so it fits in the place.
final class PostgresVerifiers {
    static let mark = Array("SCRAM-SHA-256$".utf8)
    /// More bytes than a verifier has.
    static let longest = 256
    /// More iterations than anybody configures would let a file keep the processors busy.
    private static let mostIterations = 1_000_000
    /// How many derivations are tried in all.
    private static let mostAttempts = 50_000

    private let passwords: [[UInt8]]
    private var known: [[UInt8]: [UInt8]] = [:]
    private var made: Set<[UInt8]> = []
    private var attempts = 0
    /// Verifiers whose password is not known.
    private(set) var unknown: Set<[UInt8]> = []
    /// Verifiers that were made anew.
    var replaced: [[UInt8]] { Array(known.keys) }

    /// Verifiers of these passwords.
    init(of passwords: some Collection<[UInt8]>) {
        // Most likely first: what was found as a password is short.
        self.passwords = passwords.filter { $0.count <= 256 }.sorted { $0.count < $1.count }
    }

    /// Replaces the verifier that begins at a position; nil where there is none, or none of a known password.
    func edit(_ bytes: inout [UInt8], at start: Int, _ standIns: StandIns) throws -> Range<Int>? {
        let text = bytes[start..<min(bytes.count, start + Self.longest)]
        guard let old = Parts(text) else { return nil }
        let range = start..<start + old.length
        let whole = Array(bytes[range])
        if made.contains(whole) { return nil }
        guard let new = try known[whole] ?? renewed(old, standIns) else {
            unknown.insert(whole)
            return nil
        }
        known[whole] = new
        made.insert(new)
        bytes.replaceSubrange(range, with: new)
        return range
    }

    private func renewed(_ old: Parts, _ standIns: StandIns) throws -> [UInt8]? {
        guard old.iterations <= Self.mostIterations else { return nil }
        for password in passwords where attempts < Self.mostAttempts {
            attempts += max(1, old.iterations / 4096)
            guard try old.keys(of: password).stored == old.storedKey else { continue }
            return old.text(try old.keys(of: standIns.standIn(for: password)))
        }
        return nil
    }

    /// A verifier taken apart.
    private struct Parts {
        let length: Int
        let iterations: Int
        let salt: [UInt8]
        let storedKey: [UInt8]
        private let head: [UInt8]

        init?(_ text: ArraySlice<UInt8>) {
            let body = text.dropFirst(PostgresVerifiers.mark.count)
            let digits = body.prefix { $0.isDigit }
            guard let iterations = Int(digits.text), iterations > 0,
                body.dropFirst(digits.count).first == UInt8(ascii: ":")
            else { return nil }
            let salt = body.dropFirst(digits.count + 1).prefix { Base64Text.bits($0) != nil || $0 == UInt8(ascii: "=") }
            let keys = text[salt.endIndex...]
            guard keys.count >= 90, keys.first == UInt8(ascii: "$"), keys[keys.startIndex + 45] == UInt8(ascii: ":"),
                let decodedSalt = Base64Text(Array(salt))?.bytes,
                let stored = Base64Text(Array(keys.dropFirst().prefix(44)))?.bytes, stored.count == 32,
                Base64Text(Array(keys.dropFirst(46).prefix(44)))?.bytes.count == 32
            else { return nil }
            self.iterations = iterations
            self.salt = decodedSalt
            storedKey = stored
            head = Array(text[..<(keys.startIndex + 1)])
            length = head.count + 44 + 1 + 44
        }

        func keys(of password: [UInt8]) throws -> (stored: [UInt8], server: [UInt8]) {
            let salted = try KeyedHash.pbkdf2(password: password, salt: salt, iterations: iterations)
            let client = try KeyedHash.hmac(key: salted, Array("Client Key".utf8))
            let server = try KeyedHash.hmac(key: salted, Array("Server Key".utf8))
            return (try SHA256Hasher.digest(of: client).bytes, server)
        }

        func text(_ keys: (stored: [UInt8], server: [UInt8])) -> [UInt8] {
            let padding = Array("=".utf8)
            return head + Base64Text.encode(keys.stored) + padding + [UInt8(ascii: ":")]
                + Base64Text.encode(keys.server)
                + padding
        }
    }

    /// The old form, `md5` and the MD5 of password and user, for some users and passwords.
    static func md5(
        users: some Collection<[UInt8]>, passwords: some Collection<[UInt8]>, _ standIns: StandIns
    ) throws -> [[UInt8]: [UInt8]] {
        guard users.count * passwords.count <= 20_000 else { return [:] }
        var replacements: [[UInt8]: [UInt8]] = [:]
        let mark = Array("md5".utf8)
        for password in passwords {
            let standIn = try standIns.standIn(for: password)
            for user in users {
                replacements[mark + (try KeyedHash.md5(password + user)).hexDigits] =
                    mark + (try KeyedHash.md5(standIn + user)).hexDigits
            }
        }
        return replacements
    }
}
