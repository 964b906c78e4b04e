// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import Sharing

@Suite struct SecretEditorTests {
    private static let key = [UInt8](repeating: 7, count: 32)

    private static func standIn(_ value: String) throws -> String {
        try StandIns(for: [Array(value.utf8)], key: key).standIn(for: Array(value.utf8)).text
    }

    @Test(arguments: ["q8Zt!x/4", "0123456789abcdef", "DEADBEEF42", "c2VjcmV0IQ==", "пароль-1", "5432", "a", "密码abc1"])
    func `a stand-in has the form of its secret and nothing else of it`(_ value: String) throws {
        let new = try Self.standIn(value)
        #expect(new != value && new.utf8.count == value.utf8.count)
        func shape(_ text: String) -> [Int] {
            text.unicodeScalars.map { scalar in
                switch scalar {
                case "a"..."z": 1
                case "A"..."Z": 2
                case "0"..."9": 3
                default: scalar.isASCII ? Int(scalar.value) + 10 : 4
                }
            }
        }
        #expect(shape(new) == shape(value))
        #expect(try Self.standIn(value) == new)
        let other = try StandIns(for: [Array(value.utf8)]).standIn(for: Array(value.utf8)).text
        #expect(value.count < 6 || other != new, "two exports have stand-ins in common")
    }

    @Test func `hexadecimal stays hexadecimal, and padding stays right`() throws {
        #expect(try Self.standIn("0123456789abcdef").allSatisfy(\.isHexDigit))
        #expect(Data(base64Encoded: try Self.standIn("c2VjcmV0IQ==")) != nil)
    }

    @Test func `what has no letters or digits has no stand-in`() {
        #expect(throws: SharingError.self) { try Self.standIn("!#?!#?!") }
    }

    @Test func `every way of writing a secret is replaced by the same way of writing its stand-in`() throws {
        let secret = "q8Zt!x/4\"$&+é"
        let new = try Self.standIn(secret)
        let editor = SecretEditor([Array(secret.utf8)], standIns: StandIns(for: [Array(secret.utf8)], key: Self.key))
        func percent(_ text: String) -> String {
            text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        }
        func json(_ text: String) throws -> String { String(decoding: try JSONEncoder().encode([text]), as: UTF8.self) }
        func hex(_ text: String) -> String { text.utf8.map { String(format: "%02X", $0) }.joined() }
        let writings: [(String) throws -> String] = [
            { "x\($0)y" }, percent, json, hex, { hex($0).lowercased() },
            { $0.replacing("$", with: "$$") }, { Data($0.utf8).base64EncodedString() },
            { Data("u:\($0)".utf8).base64EncodedString() }, { Data("me:\($0)/x".utf8).base64EncodedString() },
            { Data("u:\($0)".utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_") },
        ]
        for writing in writings {
            var bytes = Array("before \(try writing(secret)) after".utf8)
            #expect(try editor.edit(&bytes, from: 0, to: bytes.count).count == 1)
            #expect(bytes.text == "before \(try writing(new)) after")
        }
    }

    @Test func `a stream is edited across its pieces`() throws {
        let secret = Array("str3am-s3cret".utf8)
        let editor = SecretEditor([secret], standIns: StandIns(for: [secret], key: Self.key))
        let filler = noise(3 << 20, seed: 3)
        var text = filler
        for position in [0, 100, (1 << 20) - 5, (2 << 20) + 3, text.count - secret.count] {
            text.replaceSubrange(position..<position + secret.count, with: secret)
        }
        var output: [UInt8] = []
        let stream = StreamEditor(editor) { output += $0 }
        var rest = text[...]
        while !rest.isEmpty {
            try Array(rest.prefix(70_001)).withUnsafeBytes { try stream.write($0) }
            rest = rest.dropFirst(70_001)
        }
        try stream.finish()
        #expect(stream.places == 5 && output.count == text.count)
        #expect(!SecretSearch([secret]).finds(output))
        let search = SecretSearch([try StandIns(for: [secret], key: Self.key).standIn(for: secret)])
        #expect(search.finds(Array(output.suffix(20))))
    }

    @Test func `a verifier of postgres is made anew for the stand-in, with salt and iterations as they were`() throws {
        // RFC 7677, 3: user "user", password "pencil".
        let old =
            "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:"
            + "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
        let password = Array("pencil".utf8)
        let standIns = StandIns(for: [password], key: Self.key)
        let editor = SecretEditor(
            [], standIns: standIns, verifiers: PostgresVerifiers(of: [password, Array("other1".utf8)]))
        var bytes = Array("\0\u{1}\(old)\0 SCRAM-SHA-256$4096:x".utf8)
        #expect(try editor.edit(&bytes, from: 0, to: bytes.count).count == 1)
        let new = String(decoding: bytes.dropFirst(2).prefix(old.utf8.count), as: UTF8.self)
        #expect(new != old && new.hasPrefix("SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"))
        let standIn = try standIns.standIn(for: password)
        let back = SecretEditor(
            [], standIns: StandIns(for: [standIn]), verifiers: PostgresVerifiers(of: [standIn]))
        #expect(try back.edit(&bytes, from: 0, to: bytes.count).count == 1, "the new verifier is not the stand-in's")
    }

    @Test func `the old form of postgres' verifiers is made anew for known users`() throws {
        let password = Array("s3cr3t".utf8)
        let standIns = StandIns(for: [password], key: Self.key)
        let fixed = try PostgresVerifiers.md5(users: [Array("app".utf8)], passwords: [password], standIns)
        // md5("s3cr3tapp"), by md5sum
        let old = try Tool.run("sh", "-c", "printf md5; printf s3cr3tapp | md5sum | cut -c 1-32 | tr -d '\\n'")
        #expect(fixed[Array(old.utf8)]?.count == 35)
    }
}
