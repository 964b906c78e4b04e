// SPDX-License-Identifier: Apache-2.0

import Foundation
import SystemPackage
import Testing

@testable import Archive

@Suite("A tree is restored as it was")
struct TreeRoundTripTests {
    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func randomTreesAreEqual(seed: UInt64) throws {
        let scratch = try Scratch()
        let (source, copy) = (try scratch.folder("source"), try scratch.folder("copy"))
        try RandomTree.make(source, seed: seed)
        var summary = PackSummary()
        let packed = try pack(source, summary: &summary)
        #expect(summary.changed.isEmpty && summary.vanished.isEmpty && summary.unreadable.isEmpty)
        let result = try extract(packed, to: copy)
        #expect(result.entries == summary.entries)
        #expect(result.skippedAttributes.isEmpty)
        #expect(try TreeManifest(source).differences(TreeManifest(copy)) == [])
        // The same bytes again, from the tree itself and from its copy.
        #expect(try pack(source) == packed)
        #expect(try pack(copy) == packed)
    }

    @Test func holesStayHoles() throws {
        let scratch = try Scratch()
        let (source, copy) = (try scratch.folder("source"), try scratch.folder("copy"))
        try Shell.run(
            "sh", "-c",
            """
            truncate -s 80M hole
            truncate -s 64M middle; printf data | dd of=middle bs=1 seek=32M conv=notrunc status=none
            printf data | dd of=end bs=1M seek=20 status=none
            """, in: source)
        let packed = try pack(source)
        #expect(packed.count < 64 * 1024)
        try extract(packed, to: copy)
        #expect(try TreeManifest(source) == TreeManifest(copy))
        let blocks = "stat -c %n:%b hole middle end"
        #expect(try Shell.run("sh", "-c", blocks, in: copy) == Shell.run("sh", "-c", blocks, in: source))
    }

    @Test func aSingleFileIsRestoredUnderItsName() throws {
        let scratch = try Scratch()
        let (source, copy) = (try scratch.folder("source"), try scratch.folder("copy"))
        try Shell.run(
            "sh", "-c", "printf hello >file; chmod 4750 file; setfattr -n user.x -v y file; touch -d @-4.25 file",
            in: source)
        let packed = try pack("\(source)/file")
        #expect(try entries(packed).map(\.entry.path) == [Name.root])
        let parent = try FileDescriptorPath.open(copy)
        let extractor = TreeExtractor()
        _ = try extractor.extractFile(PaxReader(source: memorySource(packed)), named: Array("file".utf8), in: parent)
        #expect(try TreeManifest(source).contents == TreeManifest(copy).contents)
        #expect(try TreeManifest(source).objects[Array("file".utf8)] == TreeManifest(copy).objects[Array("file".utf8)])
        #expect(
            code {
                _ = try extractor.extractFile(
                    PaxReader(source: memorySource(packed)), named: Array("file".utf8), in: parent)
            } == .duplicate)
        #expect(code { try extract(packed, to: try scratch.folder("other")) } == .misuse)
        try parent.close()
    }
}
