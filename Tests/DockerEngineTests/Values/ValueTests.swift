// SPDX-License-Identifier: Apache-2.0

import JSONTree
import Testing

@testable import DockerEngine

@Suite("Paths, versions and other values")
struct ValueTests {
    @Test("names in a path are one segment")
    func paths() {
        let path: RequestPath = "/containers/\("a/b c?d#é%")/json"
        #expect(path.description == "/containers/a%2Fb%20c%3Fd%23%C3%A9%25/json")
        #expect(path.isSound)
        let image: RequestPath = "/images/\(reference: "localhost:5000/a b/c@sha256:12")/json"
        #expect(image.description == "/images/localhost:5000/a%20b/c@sha256:12/json")
    }

    @Test("names that would reach another route are found", arguments: ["", ".", ".."])
    func unsound(name: String) {
        let path: RequestPath = "/containers/\(name)/json"
        let image: RequestPath = "/images/\(reference: "a/\(name)")/json"
        #expect(!path.isSound)
        #expect(!image.isSound)
    }

    @Test("queries are encoded")
    func queries() {
        #expect(PercentEncoding.query([]) == "")
        let query = PercentEncoding.query([("path", "/a b&c=d"), ("filters", #"{"label":["x=y"]}"#), ("t", "+")])
        #expect(query == "?path=/a%20b%26c%3Dd&filters=%7B%22label%22:%5B%22x%3Dy%22%5D%7D&t=%2B")
    }

    @Test("versions are read and compared")
    func versions() {
        #expect(APIVersion(parsing: "1.45") == APIVersion(1, 45))
        for text in ["", "1", "1.", "v1.45", "1.4.5", "1.-1", "a.b"] { #expect(APIVersion(parsing: text) == nil) }
        #expect(APIVersion(1, 9) < APIVersion(1, 41))
        #expect(APIVersion(1, 41).description == "1.41")
    }

    @Test(
        "the newest version both know is agreed on",
        arguments: [
            ("1.41", "1.12", "1.41"), ("1.45", "1.24", "1.45"), ("1.52", "1.44", "1.51"), ("1.57", "1.40", "1.51"),
        ])
    func negotiation(newest: String, oldest: String, agreed: String) throws {
        let newest = try #require(APIVersion(parsing: newest))
        let oldest = try #require(APIVersion(parsing: oldest))
        let version = try APIVersion.negotiated(engine: newest, oldest: oldest, location: "x")
        #expect(version.description == agreed)
    }

    @Test("an engine that has left all known versions behind is refused")
    func tooNew() async {
        await expectError(.unsupported) {
            try APIVersion.negotiated(engine: APIVersion(2, 0), oldest: APIVersion(1, 60), location: "x")
        }
    }

    @Test(
        "base 64 as in RFC 4648 section 10",
        arguments: [
            ("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYmE=", "fooba"), ("Zm9vYg", "foob"),
        ])
    func base64(text: String, plain: String) {
        #expect(Base64.decode(text) == Array(plain.utf8))
    }

    @Test("what is no base 64 is refused", arguments: ["Zg==Zg", "Z", "Z!==", "Zm9vY"])
    func notBase64(text: String) { #expect(Base64.decode(text) == nil) }

    @Test("the header of a path is decoded")
    func pathStat() throws {
        // {"name":"etc","size":4096,"mode":2147484141,"mtime":"2026-11-23T23:27:55.5Z","linkTarget":""}
        let stat = try PathStat(
            header: "eyJuYW1lIjoiZXRjIiwic2l6ZSI6NDA5NiwibW9kZSI6MjE0NzQ4NDE0MSwibXRpbWUiOiIyMDI2LTExLTIz"
                + "VDIzOjI3OjU1LjVaIiwibGlua1RhcmdldCI6IiJ9")
        #expect(stat.name == "etc")
        #expect(stat.size == 4096)
        #expect(stat.isDirectory)
        #expect(!stat.isSymbolicLink)
        #expect(stat.mode & 0o777 == 0o755)
        #expect(stat.modified == "2026-11-23T23:27:55.5Z")
    }

    @Test("a header that cannot be read is an error", arguments: ["", "!!", "e30="])
    func badPathStat(header: String) async {
        await expectError(.protocolViolation) { try PathStat(header: header) }
    }

    @Test("errors show what to do")
    func errors() {
        let error = EngineError(.unreachable, "no engine", hint: "Start it")
        #expect(error.description == "no engine. Start it")
        #expect("\(error.code)" == "unreachable")
        #expect(Duration.seconds(60).formattedSeconds == "60 seconds")
        #expect(Duration.milliseconds(1500).formattedSeconds == "1.5 seconds")
        #expect(Duration.milliseconds(200).formattedSeconds == "200 ms")
    }
}
