// SPDX-License-Identifier: Apache-2.0

import Hashing
import OCI
import TestSupport
import Testing

@Suite struct HashingTests {
    /// FIPS 180-4 examples, and NIST's CAVP `SHA256ShortMsg.rsp` and `SHA256LongMsg.rsp` practice texts.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
    ])
    func agreesWithThePublishedVectors(_ text: String, _ hex: String) throws {
        #expect(try SHA256Hasher.digest(of: Array(text.utf8)).hex == hex)
    }

    @Test func agreesWithTheMillionLetterVector() throws {
        let hasher = try SHA256Hasher()
        let thousand = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000)
        for _ in 0..<1_000 { hasher.update(thousand) }
        #expect(try hasher.finalize().hex == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test(arguments: [1, 55, 56, 63, 64, 65, 4_095, 1_000_003])
    func agreesWithSha256sum(_ size: Int) throws {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<size).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let folder = try TemporaryFolder()
        try folder.write(bytes, to: "input")
        let expected = try Tool.run("sha256sum", folder.path("input")).prefix(64)
        #expect(try SHA256Hasher.digest(of: bytes).hex == expected)
    }

    @Test func doesNotDependOnHowTheBytesAreCut() throws {
        let bytes = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let whole = try SHA256Hasher.digest(of: bytes)
        let hasher = try SHA256Hasher()
        for start in stride(from: 0, to: bytes.count, by: 77) {
            hasher.update(bytes[start..<min(start + 77, bytes.count)])
        }
        #expect(try hasher.finalize() == whole)
        // A collection without contiguous storage takes the slow path.
        #expect(try SHA256Hasher.digest(of: bytes.lazy.map { $0 }) == whole)
        #expect(try bytes.withUnsafeBytes { try SHA256Hasher.digest(of: $0) } == whole)
    }

    @Test func beginsAnewAfterItsEnd() throws {
        let hasher = try SHA256Hasher()
        hasher.update(Array("abc".utf8))
        let first = try hasher.finalize()
        let second = try hasher.finalize()
        #expect(first.hex.hasPrefix("ba7816bf"))
        #expect(second.hex.hasPrefix("e3b0c442"))
    }
}
