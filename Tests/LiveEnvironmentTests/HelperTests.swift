// SPDX-License-Identifier: Apache-2.0

import Archive
import Foundation
import Glibc
import OCI
import SystemPackage
import TestSupport
import Testing

@testable import LiveEnvironment

/// The helper's protocol over a socket pair, without an engine; everything is compared with what is done directly.
@Suite(.timeLimit(.minutes(2))) struct HelperTests {
    @Test(arguments: [false, true]) func `a tree comes through byte for byte, with its account`(
        compresses: Bool
    ) async throws {
        let folder = try TemporaryFolder()
        try Self.plant(in: folder)
        let exclusions = [Exclusion(path: "a/left-out", keepsFolder: false)]
        try await Self.withHelper(compresses: compresses) { helper in
            let direct = try await Self.pack(folder.path("tree"), exclusions, by: LocalDataAccess())
            let through = try await Self.pack(folder.path("tree"), exclusions, by: helper)
            #expect(through.bytes == direct.bytes)
            #expect(through.summary == direct.summary)
            #expect(through.summary.sockets.count == 1)
            try await helper.unpack(.folder(folder.path("again"))) { Self.source(through.bytes) }
            #expect(
                try Tool.run("diff", "-r", "-x", "socket", folder.path("tree/a/b"), folder.path("again/a/b")).isEmpty)
            #expect(try await Self.pack(folder.path("again"), [], by: LocalDataAccess()).bytes == direct.bytes)
        }
    }

    @Test(arguments: [false, true]) func `every question is answered as it is directly`(compresses: Bool) async throws {
        let folder = try TemporaryFolder()
        try Self.plant(in: folder)
        let direct = LocalDataAccess()
        try await Self.withHelper(compresses: compresses) { helper in
            for path in ["tree", "tree/empty", "tree/socket", "nowhere", "tree/empty/below"] {
                #expect(try await helper.kind(of: folder.path(path)) == direct.kind(of: folder.path(path)))
            }
            #expect(try await helper.kind(of: "/dev/null") == .special)
            #expect(try await helper.names(in: folder.path("tree")) == direct.names(in: folder.path("tree")))
            #expect(try await helper.names(in: folder.path("nowhere")).isEmpty)
            #expect(try await helper.readFile(folder.path("tree/empty")).isEmpty)
            #expect(try await helper.readFile(folder.path("tree/a/b/large")) == folder.read("tree/a/b/large"))
            try FileManager.default.createSymbolicLink(atPath: folder.path("tree/out"), withDestinationPath: "/etc")
            for path in ["", "empty", "a/b/large", "nowhere/below", "out", "out/passwd", "a/../out"] {
                let found = try await helper.hasLink(in: path, below: folder.path("tree"))
                #expect(try await found == direct.hasLink(in: path, below: folder.path("tree")))
                #expect(found == path.contains("out"), "\(path)")
            }
            try await helper.synchronize([folder.path("tree")])
            let survey = try await helper.survey(folder.path("tree"), excluding: [])
            #expect(try await survey.digest == direct.survey(folder.path("tree"), excluding: []).digest)
            let blob = try await helper.read(.file(folder.path("tree/a/b/large"))) { produce in
                var bytes: [UInt8] = []
                try produce { bytes += $0 }
                return bytes
            }
            #expect(try blob == folder.read("tree/a/b/large"))
        }
    }

    @Test func `files, folders and links are made and removed`() async throws {
        let folder = try TemporaryFolder()
        try await Self.withHelper { helper in
            try await helper.makeFolder(folder.path("one/two"), permissions: 0o705)
            try await helper.writeFile(folder.path("one/two/file"), Array("text".utf8))
            try await helper.writeFile(folder.path("one/two/nothing"), [])
            try await helper.makeLink(folder.path("one/link"), to: "two/file")
            #expect(try folder.read("one/link") == Array("text".utf8))
            #expect(try folder.read("one/two/nothing").isEmpty)
            #expect(try Tool.run("stat", "-c", "%a", folder.path("one/two")) == "705\n")
            try await helper.remove(folder.path("one"))
            #expect(try await helper.kind(of: folder.path("one")) == nil)
        }
    }

    @Test(arguments: [false, true]) func `errors keep their type, and requests go on after them`(
        compresses: Bool
    ) async throws {
        let folder = try TemporaryFolder()
        try await Self.withHelper(compresses: compresses) { helper in
            let error = await #expect(throws: LiveEnvironmentError.self) { try await helper.readFile("/nowhere") }
            #expect(error?.code == .dataOutOfReach)
            await #expect(throws: Errno.noSuchFileOrDirectory) {
                _ = try await Self.pack("/nowhere", [], by: helper)
            }
            await #expect(throws: Errno.fileExists) { try await helper.makeLink("/tmp", to: "/nowhere") }
            let broken = await #expect(throws: ArchiveError.self) {
                try await helper.unpack(.folder(folder.path("new"))) { Self.source([UInt8](repeating: 7, count: 3000)) }
            }
            #expect(broken?.code == .damaged)
            let kind = try await helper.kind(of: "/tmp")
            #expect(kind == .directory)
        }
    }

    @Test func `what the helper refuses is not sent to its end`() async throws {
        let folder = try TemporaryFolder()
        try await Self.withHelper { helper in
            await #expect(throws: ArchiveError.self) {
                try await helper.unpack(.folder(folder.path("new"))) {
                    { buffer in
                        buffer.initializeMemory(as: UInt8.self, repeating: 7)
                        return buffer.count
                    }
                }
            }
        }
    }

    @Test(arguments: [false, true]) func `the failure of a source or a consumer is its own`(
        compresses: Bool
    ) async throws {
        struct Own: Error {}
        let folder = try TemporaryFolder()
        try Self.plant(in: folder)
        try await Self.withHelper(compresses: compresses) { helper in
            await #expect(throws: Own.self) {
                try await helper.unpack(.folder(folder.path("new"))) { { _ in throw Own() } }
            }
            await #expect(throws: Own.self) {
                try await helper.pack(folder.path("tree"), excluding: []) { produce in
                    _ = try produce(PlainArchiveSink { _ in throw Own() })
                }
            }
            await #expect(throws: Own.self) {
                try await helper.pack(folder.path("tree"), excluding: []) { _ in throw Own() }
            }
            let kind = try await helper.kind(of: folder.path("tree"))
            #expect(kind == .directory)
        }
    }

    @Test func `many requests side by side do not mix`() async throws {
        let folder = try TemporaryFolder()
        for number in 0..<40 { try folder.write(String(repeating: "\(number) ", count: 20_000), to: "\(number)") }
        try await Self.withHelper { helper in
            try await SideBySide.forEach(Array(0..<40)) { number in
                let bytes = try await helper.readFile(folder.path("\(number)"))
                #expect(try bytes == folder.read("\(number)"))
            }
        }
    }

    @Test func `a helper that goes is told from one that answers`() async throws {
        let streams = HelperStreams { HelperStream(EndedLink(), compresses: false) }
        let helper = HelperDataAccess(streams: streams, isOnThisMachine: true)
        let error = await #expect(throws: LiveEnvironmentError.self) { try await helper.kind(of: "/") }
        #expect(error?.code == .helperFailed)
        #expect(error?.message.contains("no such library") == true)
    }

    @Test func `the program's files run elsewhere`() async throws {
        let program = ProgramFiles()
        let folder = try TemporaryFolder()
        let tar = folder.path("image.tar")
        try Data().write(to: URL(filePath: tar))
        let output = try FileHandle(forWritingTo: URL(filePath: tar))
        try program.write { try output.write(contentsOf: Data($0)) }
        let names = try Tool.run("tar", "-tf", tar).split(separator: "\n").map(String.init)
        #expect(names.first == "envsnap")
        #expect(names.contains { $0.hasPrefix("lib/libc.so") })
        #expect(names.contains("lib/\(try #require(program.loader))"))
        #expect(Set(names).count == names.count)
        #expect(try program.digest() == ProgramFiles().digest())
        // All that the loader would look for is among the files.
        try folder.makeFolder("root")
        try Tool.run("tar", "-C", folder.path("root"), "-xf", tar)
        let loader = folder.path("root/lib/\(try #require(program.loader))")
        let listed = try Tool.run(
            loader, "--library-path", folder.path("root/lib"), "--list", folder.path("root/envsnap"))
        for line in listed.split(separator: "\n") where line.contains("=> /") {
            #expect(line.contains(folder.path("root/lib")), "\(line)")
        }
    }

    private struct EndedLink: HelperLink {
        var words: String { "no such library" }
        func send(_ bytes: [UInt8]) async throws {}
        func receive() async throws -> [UInt8]? { nil }
        func close() async {}
    }

    private static func withHelper(
        compresses: Bool = false, _ body: (HelperDataAccess) async throws -> Void
    ) async throws {
        let streams = HelperStreams { HelperStream(try PairLink(compresses: compresses), compresses: compresses) }
        try await body(HelperDataAccess(streams: streams, isOnThisMachine: true))
        await streams.close()
    }

    private static func plant(in folder: TemporaryFolder) throws {
        try folder.write("", to: "tree/empty")
        try folder.write("no", to: "tree/a/left-out")
        try folder.write((0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }, to: "tree/a/b/large")
        try Tool.run("ln", "-s", "/nowhere", folder.path("tree/a/link"))
        try Tool.run("truncate", "-s", "1G", folder.path("tree/a/b/hole"))
        try Tool.run(
            "python3", "-c", "import socket,sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])",
            folder.path("tree/socket"))
    }

    private static func pack(
        _ path: String, _ exclusions: [Exclusion], by access: any DataAccess
    ) async throws -> (bytes: [UInt8], summary: PackSummary) {
        try await access.pack(path, excluding: exclusions) { produce in
            var bytes: [UInt8] = []
            let summary = try produce(PlainArchiveSink { bytes += $0 })
            return (bytes, summary)
        }
    }

    private static func source(_ bytes: [UInt8]) -> ByteSource {
        var unread: [UInt8]? = bytes
        return ChunkSource { unread.take() }.read
    }
}
