// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import Sharing

@Suite(.enabled(if: Tool.exists("age"), "age is not installed")) struct AgeTests {
    private static let age = AgeEncryption(environment: ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent"])

    private static func source(_ bytes: [UInt8]) -> (UnsafeMutableRawBufferPointer) throws -> Int {
        var rest = bytes[...]
        return { buffer in
            let portion = rest.prefix(buffer.count)
            buffer.copyBytes(from: portion)
            rest = rest.dropFirst(portion.count)
            return portion.count
        }
    }

    private static func read(_ source: (UnsafeMutableRawBufferPointer) throws -> Int) throws -> [UInt8] {
        var (bytes, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 65536))
        while case let count = try buffer.withUnsafeMutableBytes({ try source($0) }), count > 0 {
            bytes += buffer[..<count]
        }
        return bytes
    }

    @Test(arguments: ["age", "ssh", "file"])
    func `what is encrypted to a recipient comes back with its identity`(_ kind: String) throws {
        let folder = try TemporaryFolder()
        let key = folder.path("key")
        let recipient: String
        if kind == "ssh" {
            try Tool.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key)
            recipient = String(decoding: try folder.read("key.pub"), as: UTF8.self).trimmingCharacters(in: .newlines)
        } else {
            try Tool.run("age-keygen", "-o", key)
            let plain = try Tool.run("age-keygen", "-y", key)
            recipient =
                kind == "age" ? plain.trimmingCharacters(in: .newlines) : try folder.write(plain, to: "recipients")
        }
        let content = noise(3_000_000, seed: 5)
        var encrypted: [UInt8] = []
        try Self.age.encrypt(to: [recipient], into: { encrypted += $0 }) { sink in
            try content.withUnsafeBytes { try sink($0) }
        }
        #expect(encrypted.starts(with: "age-encryption.org/v1\n".utf8))
        #expect(try Self.read(Self.age.decrypting(Self.source(encrypted), identities: [key])) == content)
        let without = #expect(throws: SharingError.self) {
            try Self.age.decrypting(Self.source(encrypted), identities: [])
        }
        #expect(without?.code == .encryption && without?.hint?.contains("--identity") == true)
        try Tool.run("age-keygen", "-o", folder.path("other"))
        let wrong = #expect(throws: SharingError.self) {
            try Self.read(Self.age.decrypting(Self.source(encrypted), identities: [folder.path("other")]))
        }
        #expect(wrong?.code == .encryption)
        let cut = Array(encrypted.prefix(encrypted.count - 10))
        #expect(throws: SharingError.self) { try Self.read(Self.age.decrypting(Self.source(cut), identities: [key])) }
    }

    @Test func `what is not encrypted passes as it is`() throws {
        for content in [[], Array("short".utf8), noise(100_000, seed: 2)] {
            #expect(try Self.read(Self.age.decrypting(Self.source(content), identities: [])) == content)
        }
    }

    @Test func `what is no recipient is refused, and a missing program is told`() {
        for text in ["nobody", "-r", "", "--help"] {
            let error = #expect(throws: SharingError.self) { try Self.age.check([text]) }
            #expect(error?.code == .encryption)
        }
        let error = #expect(throws: SharingError.self) {
            try AgeEncryption(environment: ["PATH": "/nowhere"]).check([])
        }
        #expect(error?.hint == "apt install age")
    }

    @Test func `an error of what is encrypted is told as it is`() throws {
        struct Broken: Error {}
        let folder = try TemporaryFolder()
        try Tool.run("age-keygen", "-o", folder.path("key"))
        let recipient = try Tool.run("age-keygen", "-y", folder.path("key")).trimmingCharacters(in: .newlines)
        #expect(throws: Broken.self) { try Self.age.encrypt(to: [recipient], into: { _ in }) { _ in throw Broken() } }
    }
}
