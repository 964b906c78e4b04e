// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTree
import TestSupport
import Testing

@testable import LiveEnvironment

@Suite struct TarSplitRecorderTests {
    /// Records a tar, in pieces of a size, and returns the recipe's path.
    private static func record(_ tar: [UInt8], pieces: Int, in folder: TemporaryFolder) throws -> (String, Int64) {
        var output: [UInt8] = []
        let recorder = try TarSplitRecorder(sink: { output += $0 })
        var rest = tar[...]
        while !rest.isEmpty {
            try Array(rest.prefix(pieces)).withUnsafeBytes { try recorder.feed($0) }
            rest = rest.dropFirst(pieces)
        }
        try recorder.finish()
        return (try folder.write(output, to: "recipe-\(pieces).json.gz"), recorder.contentSize)
    }

    /// What the layer was unpacked to and the recipe give the tar again, byte for byte.
    @Test(arguments: ["ustar", "gnu", "pax", "v7"], [7, 512, 100_000])
    func `a tar of any format comes back`(_ format: String, _ pieces: Int) throws {
        let folder = try TemporaryFolder()
        let script = """
            mkdir -p tree/a/b && cd tree && printf hello > a/file && : > empty && ln -s file a/link && ln a/file hard
            head -c 100000 /dev/urandom > a/b/large && printf 1 > 'a name with "quotes" <&>'
            long=$(printf 'd%.0s' $(seq 1 90)); if test \(format) != v7; then mkfifo pipe
              mkdir -p $long && printf deep > $long/$(printf 'f%.0s' $(seq 1 60)); fi
            if test \(format) = gnu -o \(format) = pax; then
              printf x > $(printf 'n%.0s' $(seq 1 200)); printf y > "$(printf 'latin\\351')"; fi
            cd .. && tar --format=\(format) -C tree -cf layer.tar .
            """
        try Tool.run("sh", "-c", "cd \(folder.path) && \(script)")
        let tar = try folder.read("layer.tar")
        let (recipe, size) = try Self.record(tar, pieces: pieces, in: folder)
        #expect(size >= 100_006)
        var bytes: [UInt8] = []
        try LayerTar(recipe: recipe, folder: folder.path("tree")).write { bytes += $0 }
        #expect(bytes == tar)
    }

    /// The checksum of "123456789" for this polynomial, which engines compare before they write a file out.
    @Test func `files bear the checksum that Go gives them`() {
        var whole = CRC64()
        Array("123456789".utf8).withUnsafeBytes { whole.update($0) }
        var parts = CRC64()
        Array("1234".utf8).withUnsafeBytes { parts.update($0) }
        Array("56789".utf8).withUnsafeBytes { parts.update($0) }
        #expect(whole.bytes == parts.bytes)
        #expect(whole.bytes == [0xB9, 0x09, 0x56, 0xC7, 0x75, 0xA4, 0x10, 0x01])
    }

    @Test(arguments: ["no tar at all", String(repeating: "x", count: 512), String(repeating: "7", count: 1000)])
    func `what is no tar is refused`(_ text: String) throws {
        let folder = try TemporaryFolder()
        #expect(throws: TarSplitRecorder.Unsupported.self) {
            try Self.record(Array(text.utf8), pieces: 512, in: folder)
        }
    }

    @Test func `a sparse file is left to the engine`() throws {
        let folder = try TemporaryFolder()
        try Tool.run(
            "sh", "-c", "cd \(folder.path) && truncate -s 1M hole && tar --format=gnu --sparse -cf layer.tar hole")
        let tar = try folder.read("layer.tar")
        #expect(throws: TarSplitRecorder.Unsupported.self) { try Self.record(tar, pieces: 4096, in: folder) }
    }

    @Test(arguments: ["", "f", "fo", "foo", "foob"]) func `base64 is that of the specification`(_ text: String) {
        #expect(Base64Text.encode(Array(text.utf8)) == Data(text.utf8).base64EncodedString())
    }
}
