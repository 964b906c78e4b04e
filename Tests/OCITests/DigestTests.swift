// SPDX-License-Identifier: Apache-2.0

import Foundation
import OCI
import Testing

@Suite struct DigestTests {
    let hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    @Test func parsesAndPrintsTheSameText() throws {
        let digest = try Digest(parsing: "sha256:" + hex)
        #expect(digest.hex == hex)
        #expect(digest.description == "sha256:" + hex)
        #expect(digest.short == "e3b0c44298fc")
        #expect(Digest("sha256:" + hex) == digest)
        #expect(try Digest(hex: hex) == digest)
    }

    @Test(arguments: [
        "", "sha256:", "sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85",
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8555",
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85g",
        " sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "sha256:../../../../../../../../../../../../../../../../../../../../../etc",
    ])
    func refusesWhatIsNoDigest(_ text: String) {
        #expect(throws: OCIError.self) { try Digest(parsing: text) }
        #expect(Digest(text) == nil)
    }

    @Test func namesAnUnsupportedAlgorithm() throws {
        let error = #expect(throws: OCIError.self) {
            try Digest(parsing: "sha512:" + String(repeating: "0", count: 128))
        }
        #expect(error?.code == .unsupportedAlgorithm)
        #expect(error?.message.contains("not SHA-256") == true)
    }

    @Test func showsNoControlCharactersOfARefusedText() {
        let error = #expect(throws: OCIError.self) { try Digest(parsing: "\u{1B}[31mred\n") }
        #expect(error?.message.contains("\u{1B}") == false)
        #expect(error?.message.contains("\n") == false)
    }

    @Test func takesThirtyTwoBytes() throws {
        let digest = try Digest(sha256: (0..<32).map { UInt8($0 * 8) })
        #expect(digest.hex == "0008101820283038404850586068707880889098a0a8b0b8c0c8d0d8e0e8f0f8")
        #expect(throws: OCIError.self) { try Digest(sha256: [1, 2, 3]) }
    }

    @Test func ordersByItsDigits() throws {
        let low = try Digest(hex: String(repeating: "0", count: 64))
        let high = try Digest(hex: String(repeating: "f", count: 64))
        #expect([high, low].sorted() == [low, high])
    }

    @Test func isAStringInJSON() throws {
        let digest = try Digest(hex: hex)
        let bytes = try JSONEncoder().encode(["digest": digest])
        #expect(String(decoding: bytes, as: UTF8.self) == #"{"digest":"sha256:\#(hex)"}"#)
        #expect(try JSONDecoder().decode([String: Digest].self, from: bytes) == ["digest": digest])
        #expect(throws: (any Error).self) {
            try JSONDecoder().decode([Digest].self, from: Data(#"["sha256:12"]"#.utf8))
        }
    }
}
