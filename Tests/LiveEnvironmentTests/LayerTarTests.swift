// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import Foundation
import JSONTree
import OCI
import TestSupport
import Testing

@testable import LiveEnvironment

@Suite struct LayerTarTests {
    /// A layer as the classic store keeps it: files in a folder, and a recipe with everything around them.
    private static func layer(_ recipe: [String], files: [String: String], in folder: TemporaryFolder) throws
        -> LayerTar
    {
        for (name, content) in files { try folder.write(content, to: "diff/" + name) }
        try folder.makeFolder("diff")
        let path = try folder.write(recipe.map { $0 + "\n" }.joined(), to: "tar-split.json")
        try Tool.run("gzip", path)
        return LayerTar(recipe: path + ".gz", folder: folder.path("diff"))
    }

    private static func bytes(_ layer: LayerTar) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try layer.write { bytes += $0 }
        return bytes
    }

    private static func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

    @Test func `segments and files are put together in their order`() throws {
        let folder = try TemporaryFolder()
        let long = String(repeating: "x", count: 3_000_000)
        let layer = try Self.layer(
            [
                #"{"type":2,"payload":"\#(Self.base64("<head>"))","position":0}"#,
                #"{"type":1,"name":"./etc/a\u003cb","size":5,"payload":"AAAAAAAAAAA=","position":1}"#,
                #"{"type":2,"payload":"\#(Self.base64("<pad>"))","position":2}"#,
                #"{"type":1,"name":"empty","payload":"AAAAAAAAAAA=","position":3}"#,
                #"{"type":1,"name":"long","size":3000000,"payload":"AAAAAAAAAAA=","position":4}"#,
                #"{"type":2,"payload":"\#(Self.base64("<end>"))","position":5}"#,
            ], files: ["etc/a<b": "hello", "long": long], in: folder)
        #expect(try Self.bytes(layer) == Array("<head>hello<pad>\(long)<end>".utf8))
        #expect(try layer.size() == Int64(try Self.bytes(layer).count))
    }

    @Test func `a name that is not UTF-8 is found by its bytes`() throws {
        let folder = try TemporaryFolder()
        let layer = try Self.layer(
            [#"{"type":1,"name_raw":"/w==","size":2,"payload":"","position":0}"#], files: [:], in: folder)
        try Tool.run("sh", "-c", #"cd '\#(folder.path("diff"))' && printf ok > "$(printf '\377')""#)
        #expect(try Self.bytes(layer) == Array("ok".utf8))
    }

    @Test(arguments: [
        #"{"type":1,"name":"missing","size":2,"position":0}"#, #"{"type":1,"name":"short","size":9,"position":0}"#,
        #"{"type":1,"name":"link","size":2,"position":0}"#, #"{"type":1,"name":"pipe","size":2,"position":0}"#,
        #"{"type":3,"payload":""}"#, "no JSON", #"{"type":2,"payload":"A"}"#, #"{"type":2,"payload":"A?=="}"#,
    ])
    func `what is not as the recipe says is an error`(_ line: String) throws {
        let folder = try TemporaryFolder()
        let layer = try Self.layer([line], files: ["short": "12"], in: folder)
        try Tool.run("ln", "-s", "/etc/passwd", folder.path("diff/link"))
        try Tool.run("mkfifo", folder.path("diff/pipe"))
        let error = #expect(throws: LiveEnvironmentError.self) { try Self.bytes(layer) }
        #expect(error?.code == .dataOutOfReach)
    }

    @Test func `a recipe that is cut short is an error`() throws {
        let folder = try TemporaryFolder()
        let layer = try Self.layer([#"{"type":2,"payload":"AAAA","position":0}"#], files: [:], in: folder)
        try Tool.run("truncate", "-s", "-12", layer.recipe)
        #expect(throws: (any Error).self) { try Self.bytes(layer) }
    }

    @Test(arguments: [("", ""), ("TQ==", "M"), ("TWE=", "Ma"), ("TWFu", "Man"), ("TWFuTWE=", "ManMa")])
    func `base64 is decoded as RFC 4648 has it`(_ text: String, _ expected: String) {
        #expect(TarSplitLine.decodeBase64(Array(text.utf8)[...]) == Array(expected.utf8))
    }

    /// The chain of two layers of which one is empty, computed with `printf '%s %s' A B | sha256sum`.
    @Test func `chain ids are those of the specification`() throws {
        let first = try Digest(parsing: "sha256:" + String(repeating: "a", count: 64))
        let second = try Digest(parsing: "sha256:" + String(repeating: "b", count: 64))
        let chains = try ImageBlobs.chains(of: [first, second])
        #expect(chains[0] == first)
        let expected = try Tool.run("sh", "-c", "printf '%s %s' '\(first)' '\(second)' | sha256sum")
        #expect(chains[1].hex == String(expected.prefix(64)))
        #expect(try ImageBlobs.chains(of: []) == [])
    }
}
