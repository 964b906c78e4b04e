// SPDX-License-Identifier: Apache-2.0
// https://github.com/C2SP/C2SP/blob/main/age.md; the work is done by https://github.com/FiloSottile/age.

public import Archive
import Foundation
import SystemPackage

/// Encrypts bundles to recipients, and decrypts them with identities, by the program `age`.
public struct AgeEncryption: Sendable {
    private static let mark = Array("age-encryption.org/v1\n".utf8)
    private static let armour = Array("-----BEGIN AGE ENCRYPTED FILE-----".utf8)

    private let environment: [String: String]

    /// Encryption with the program in `PATH`.
    public init(environment: [String: String]) { self.environment = environment }

    /// Encrypts what is produced to the recipients, and gives it to a sink; blocks.
    ///
    /// - Parameters:
    ///   - recipients: `age1…`, `ssh-ed25519 …`, or files with one of them a line.
    ///   - sink: Takes what is encrypted.
    ///   - produce: Writes what is to be encrypted.
    /// - Throws: `SharingError` with `.encryption`, and what is thrown by the producer.
    public func encrypt(
        to recipients: [String], into sink: ByteSink, producing produce: @escaping (@escaping ByteSink) throws -> Void
    ) throws {
        let age = try AgeProcess(
            program(), try recipients.flatMap(Self.recipient), to: "encrypt the bundle", feed: produce)
        var buffer = [UInt8](repeating: 0, count: 1 << 17)
        while true {
            let count = try buffer.withUnsafeMutableBytes { try age.read(into: $0) }
            if count == 0 { return }
            try buffer.withUnsafeBytes { try sink(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        }
    }

    /// Makes sure that the recipients can be what they say, and that there is an `age`.
    public func check(_ recipients: [String]) throws {
        _ = try program()
        for recipient in recipients { _ = try Self.recipient(recipient) }
    }

    /// What a source gives, decrypted where it is encrypted.
    ///
    /// - Parameters:
    ///   - source: The bytes, encrypted or not.
    ///   - identities: Files with keys; where there are none, the user's own that lie in the usual places.
    public func decrypting(_ source: @escaping ByteSource, identities: [String]) throws -> ByteSource {
        let (head, whole) = try PeekedSource.peek(Self.armour.count, of: source)
        guard head.starts(with: Self.mark) || head.starts(with: Self.armour) else { return whole }
        let keys = try found(identities)
        let age = try AgeProcess(program(), ["-d"] + keys.flatMap { ["-i", $0] }, to: "decrypt the bundle") { sink in
            var buffer = [UInt8](repeating: 0, count: 1 << 17)
            while case let count = try buffer.withUnsafeMutableBytes({ try whole($0) }), count > 0 {
                try buffer.withUnsafeBytes { try sink(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            }
        }
        return { try age.read(into: $0) }
    }

    private func found(_ identities: [String]) throws -> [String] {
        for file in identities where !FileManager.default.isReadableFile(atPath: file) {
            throw SharingError(
                .encryption, "the identity \(file) cannot be read", hint: "name the file of a private key")
        }
        guard identities.isEmpty else { return identities }
        let home = environment["HOME"] ?? NSHomeDirectory()
        let config = environment["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? home + "/.config"
        let usual = ["\(config)/age/keys.txt", "\(home)/.ssh/id_ed25519", "\(home)/.ssh/id_rsa"]
            .filter { FileManager.default.isReadableFile(atPath: $0) }
        guard !usual.isEmpty else {
            throw SharingError(
                .encryption, "the bundle is encrypted, and there is no key in ~/.config/age/keys.txt or ~/.ssh",
                hint: "name the file of the private key with --identity FILE")
        }
        return usual
    }

    private static func recipient(_ text: String) throws -> [String] {
        if text.hasPrefix("age1") || text.hasPrefix("ssh-") { return ["-r", text] }
        if !text.hasPrefix("-"), FileManager.default.isReadableFile(atPath: text) { return ["-R", text] }
        throw SharingError(
            .encryption, "\"\(text.prefix(60))\" is no recipient",
            hint: "give age1…, \"ssh-ed25519 …\", or a file with one of them a line")
    }

    private func program() throws -> String {
        let folders = (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
        guard let path = folders.map({ "\($0)/age" }).first(where: { FileManager.default.isExecutableFile(atPath: $0) })
        else {
            throw SharingError(
                .encryption, "encrypted bundles need the program age, which is not in PATH", hint: "apt install age")
        }
        return path
    }
}
