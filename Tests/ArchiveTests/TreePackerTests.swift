// SPDX-License-Identifier: Apache-2.0

import Foundation
import SystemPackage
import Testing

@testable import Archive

@Suite("Packing a tree")
struct TreePackerTests {
    private func names(_ archive: [UInt8]) throws -> [String] {
        try entries(archive).map { String(decoding: $0.entry.path, as: UTF8.self) }
    }

    @Test func namesAreSortedByBytesDepthFirst() throws {
        let scratch = try Scratch()
        try Shell.run("sh", "-c", "mkdir a b; touch a/z a.txt a0 b/x B ab; mkdir a/c; touch a/c/y", in: scratch.path)
        let expected = [".", "B", "a", "a/c", "a/c/y", "a/z", "a.txt", "a0", "ab", "b", "b/x"]
        #expect(try names(pack(scratch.path)) == expected)
    }

    @Test func exclusionsAreExactPaths() throws {
        let scratch = try Scratch()
        try Shell.run(
            "sh", "-c", "mkdir -p keep/sub data/sub a/data; touch keep/sub/f data/f data/sub/f a/data/f database file",
            in: scratch.path)
        func packed(_ keeps: TreePacker.Options.Exclusion.Keeps) throws -> [String] {
            let exclusions = ["data", "keep/sub", "file"].map {
                TreePacker.Options.Exclusion(path: Array($0.utf8), keeps: keeps)
            }
            return try names(pack(scratch.path, options: .init(exclusions: exclusions)))
        }
        #expect(try packed(.nothing) == [".", "a", "a/data", "a/data/f", "database", "keep"])
        #expect(try packed(.folder) == [".", "a", "a/data", "a/data/f", "data", "database", "keep", "keep/sub"])
    }

    @Test func theSummaryCounts() throws {
        let scratch = try Scratch()
        try Shell.run(
            "sh", "-c", "printf 12345 >a; ln a b; truncate -s 1M hole; mkfifo pipe; ln -s a link", in: scratch.path)
        let socket = try Shell.run(
            "perl", "-MSocket", "-e",
            "socket(S,PF_UNIX,SOCK_STREAM,0); bind(S,sockaddr_un('\(scratch.file("socket"))')) or die")
        #expect(socket.isEmpty)
        var summary = PackSummary()
        let packed = try pack(scratch.path, summary: &summary)
        #expect(summary.entries == 6)
        #expect(summary.apparentBytes == 5 + 1 << 20)
        #expect(summary.dataBytes == 5)
        #expect(summary.sockets == [Array("socket".utf8)])
        #expect(try entries(packed)[2].entry.kind == .hardLink(target: [0x61]))
    }

    @Test func linksOutOfTheTreeAreNotFollowed() throws {
        let scratch = try Scratch()
        try Shell.run("ln", "-s", "/etc", "etc", in: scratch.path)
        #expect(try names(pack(scratch.path)) == [".", "etc"])
    }

    @Test func readingLeavesAccessTimesAlone() throws {
        let scratch = try Scratch()
        try Shell.run("sh", "-c", "echo x >file; mkdir d; touch -d @1000 file d .", in: scratch.path)
        let look = "stat -c '%n %x %y %z' . d file"
        let before = try Shell.run("sh", "-c", look, in: scratch.path)
        _ = try pack(scratch.path)
        #expect(try Shell.run("sh", "-c", look, in: scratch.path) == before)
    }

    @Test(.enabled(if: geteuid() == 0 && TreePackerTests.mayMount))
    func mountPointsAreNotedOrCrossed() throws {
        let scratch = try Scratch()
        try Shell.run("sh", "-c", "mkdir other mounted; echo x >other/inner; touch file plain", in: scratch.path)
        // A bind mount of the same file system: the device number does not tell.
        try Shell.run("mount", "--bind", "other", "mounted", in: scratch.path)
        try Shell.run("mount", "--bind", "plain", "file", in: scratch.path)
        defer { _ = try? Shell.run("umount", "mounted", "file", in: scratch.path) }
        var summary = PackSummary()
        let stayed = try pack(scratch.path, summary: &summary)
        #expect(try names(stayed) == [".", "mounted", "other", "other/inner", "plain"])
        #expect(summary.mountPoints == [Array("file".utf8), Array("mounted".utf8)])
        let crossed = try pack(scratch.path, options: .init(mounts: .cross), summary: &summary)
        #expect(try names(crossed) == [".", "file", "mounted", "mounted/inner", "other", "other/inner", "plain"])
        #expect(summary.mountPoints.isEmpty)
        #expect(
            code { try removeTree(named: Array("mounted".utf8), in: try .open(FilePath(scratch.path), .readOnly)) }
                == .refused)
        #expect(try Shell.run("cat", "other/inner", in: scratch.path) == Array("x\n".utf8))
    }

    static let mayMount = (try? Shell.run("unshare", "-m", "true")) != nil

    @Test func whatChangesMeanwhileIsTold() throws {
        let scratch = try Scratch()
        try Shell.run(
            "sh", "-c",
            "head -c 2000000 /dev/zero | tr '\\0' x >a; cp a b; mkdir c; touch c/gone d; touch -d @5 d c a b .",
            in: scratch.path)
        // The writer's first chunk comes while "a" is being read.
        var isFirst = true
        let collected = Collector()
        let writer = PaxWriter(sink: { chunk in
            collected.take(chunk)
            guard isFirst else { return }
            isFirst = false
            try Shell.run("sh", "-c", "truncate -s 300000 a; rm d", in: scratch.path)
        })
        let root = try FileDescriptorPath.open(scratch.path)
        let summary = try TreePacker().pack(root, into: writer)
        try writer.finish()
        try root.close()
        #expect(summary.changed == [[0x61], Name.root])
        #expect(summary.vanished == [[0x64]])
        let found = try entries(collected.bytes)
        #expect(found.map { String(decoding: $0.entry.path, as: UTF8.self) } == [".", "a", "b", "c", "c/gone"])
        #expect(found[1].content.count == 2_000_000)
        #expect(found[1].content.last == 0)
        #expect(found[2].content.last == UInt8(ascii: "x"))
    }

    @Test(.enabled(if: geteuid() == 0))
    func whatCannotBeReadIsTold() throws {
        let scratch = try Scratch()
        try Shell.run(
            "sh", "-c",
            "mkdir open closed; echo x >open/secret; echo y >open/fine; chmod 0 open/secret closed; chmod 755 . open",
            in: scratch.path)
        let path = scratch.path
        let found = Unprivileged.run {
            var summary = PackSummary()
            _ = try? pack(path, summary: &summary)
            return summary
        }
        #expect(found?.unreadable.map(\.path) == [Array("closed".utf8), Array("open/secret".utf8)])
        #expect(found?.unreadable.map(\.errorNumber) == [EACCES, EACCES])
        #expect(found?.entries == 4)
    }

    @Test func treesTooDeepAreTold() throws {
        let scratch = try Scratch()
        try Shell.run("sh", "-c", "for i in $(seq 140); do mkdir d; cd d; done; touch bottom", in: scratch.path)
        var summary = PackSummary()
        let packed = try pack(scratch.path, summary: &summary)
        #expect(summary.unreadable.map(\.errorNumber) == [ENAMETOOLONG])
        let copy = try Scratch()
        try extract(packed, to: copy.path)
    }

    @Test func onlyFoldersAndFilesArePacked() throws {
        #expect(code { _ = try pack("/dev/null") } == .unsupported)
    }
}
