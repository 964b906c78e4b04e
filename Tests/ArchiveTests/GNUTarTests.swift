// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Archive

@Suite("GNU tar reads what we write, and we read what GNU tar writes")
struct GNUTarTests {
    @Test(arguments: [11, 12] as [UInt64])
    func gnuTarRestoresOurs(seed: UInt64) throws {
        let scratch = try Scratch()
        let (source, copy) = (try scratch.folder("source"), try scratch.folder("copy"))
        try RandomTree.make(source, seed: seed)
        let packed = try pack(source)
        let listing = try Shell.run("tar", "--quoting-style=literal", "--null", "-tf", "-", input: packed)
        #expect(listing.starts(with: "./".utf8))
        try Shell.run(
            "tar", "--xattrs", "--xattrs-include=*", "--same-owner", "--numeric-owner", "-xpf", "-", "-C", copy,
            input: packed)
        #expect(try TreeManifest(source).differences(TreeManifest(copy)) == [])
        #expect(try pack(copy) == packed)
    }

    @Test func gnuTarListsEveryNameAsItIs() throws {
        let names: [[UInt8]] = [
            Array("cafe\u{301}".utf8), Array("caf\u{e9}".utf8), [0xff, 0x80], Array("new\nline".utf8),
            [UInt8](repeating: 0xfe, count: 255),
            Array(repeating: "d\u{e9}ep", count: 60).joined(separator: "/").utf8 + [0xff],
        ]
        let packed = try archive(names.map { ArchiveEntry(path: $0, kind: .file(size: 3), mode: 0o644) })
        let listing = try Shell.run("tar", "--quoting-style=literal", "--no-recursion", "-tf", "-", input: packed)
        #expect(listing == names.flatMap { $0 + [UInt8(ascii: "\n")] })
        #expect(try entries(packed).map(\.entry.path) == names)
    }

    @Test(arguments: ["posix", "gnu", "ustar", "oldgnu", "v7"])
    func ourReaderReadsGNUTar(format: String) throws {
        let scratch = try Scratch()
        let (source, copy) = (try scratch.folder("source"), try scratch.folder("copy"))
        try Shell.run(
            "sh", "-c",
            """
            mkdir -p dir/sub; printf hello >dir/file; ln dir/file dir/sub/link; ln -s ../file dir/sub/symlink
            touch -d '2001-02-03 04:05:06' dir/file; chmod 4711 dir/file; chmod 2770 dir; printf x >dir/sub/caf\u{e9}; touch -d @5 dir/sub/caf\u{e9}
            touch -h -d @99 dir/sub/symlink; touch -d @1000000000 dir/sub dir .
            """, in: source)
        let tar = try Shell.run("tar", "--format=\(format)", "-cf", "-", ".", in: source)
        try extract(tar, to: copy)
        #expect(try TreeManifest(source).differences(TreeManifest(copy)) == [])
    }

    @Test(arguments: ["0.0", "0.1", "1.0", "gnu"])
    func ourReaderReadsSparseFiles(version: String) throws {
        let scratch = try Scratch()
        let (source, copy) = (try scratch.folder("source"), try scratch.folder("copy"))
        try Shell.run(
            "sh", "-c",
            """
            for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
                printf "data$i" | dd of=many bs=1M seek=$i conv=notrunc status=none
            done
            truncate -s 20M many; truncate -s 5M hole; touch -d @7 many hole .
            """, in: source)
        let format = version == "gnu" ? ["--format=gnu"] : ["--format=posix", "--sparse-version=\(version)"]
        let tar = try Shell.run("sh", "-c", "tar -S \(format.joined(separator: " ")) -cf - .", in: source)
        try extract(tar, to: copy)
        #expect(try TreeManifest(source).differences(TreeManifest(copy)) == [])
        #expect(
            try Shell.run("stat", "-c", "%b", "many", in: copy) == Shell.run("stat", "-c", "%b", "many", in: source))
    }

    @Test func attributesAndTimesOfGNUTar() throws {
        let scratch = try Scratch()
        let (source, copy) = (try scratch.folder("source"), try scratch.folder("copy"))
        try Shell.run(
            "sh", "-c",
            """
            touch file; setfattr -n 'user.a =%' -v v file; setfacl -m u:1234:rw file; touch -d @-4.5 file; touch -d @-7 .
            """, in: source)
        let tar = try Shell.run("tar", "--xattrs", "--xattrs-include=*", "--format=posix", "-cf", "-", ".", in: source)
        try extract(tar, to: copy)
        #expect(try TreeManifest(source).differences(TreeManifest(copy)) == [])
    }

    @Test func aLayoutAsDockerSaveWritesIt() throws {
        let scratch = try Scratch()
        let source = try scratch.folder("source")
        try Shell.run(
            "sh", "-c",
            "mkdir a b; printf layer >a/layer.tar; ln -s ../a/layer.tar b/layer.tar; printf '[]' >manifest.json",
            in: source)
        let tar = try Shell.run("sh", "-c", "tar -cf - manifest.json a b", in: source)
        let reader = try PaxReader(source: memorySource(tar))
        var links: [[UInt8]: [UInt8]] = [:]
        var manifest: [UInt8] = []
        while let entry = try reader.next() {
            if case .symbolicLink(let target) = entry.kind { links[entry.path] = target }
            if entry.path == Array("manifest.json".utf8) { manifest = try reader.readAll(limit: 100) }
        }
        #expect(links == [Array("b/layer.tar".utf8): Array("../a/layer.tar".utf8)])
        #expect(manifest == Array("[]".utf8))
    }
}
