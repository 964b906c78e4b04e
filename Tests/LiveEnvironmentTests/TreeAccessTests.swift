// SPDX-License-Identifier: Apache-2.0

import Archive
import Foundation
import Glibc
import TestSupport
import Testing

@testable import LiveEnvironment

@Suite struct TreeAccessTests {
    @Test func `GNU tar reads what was packed, without what was excluded`() async throws {
        let folder = try TemporaryFolder()
        try Self.plant(in: folder)
        let archive = try await Self.pack(
            folder.path("tree"),
            excluding: [.init(path: "cache", keepsFolder: true), .init(path: "a/secret", keepsFolder: false)])
        try folder.write(archive, to: "tree.tar")
        let names = try Tool.run("tar", "-tf", folder.path("tree.tar")).split(separator: "\n").map { name in
            name.hasPrefix("./") ? String(name.dropFirst(2)) : String(name)
        }
        #expect(
            Set(names.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }).subtracting(["", "."])
                == ["a", "a/file", "a/link", "cache"])
    }

    @Test func `a folder comes back as it was, and replaces what was there`() async throws {
        let folder = try TemporaryFolder()
        try Self.plant(in: folder)
        try Tool.run("touch", "-d", "2001-02-03 04:05:06.123456789", folder.path("tree/a/file"))
        try Tool.run("chmod", "2750", folder.path("tree/a"))
        let archive = try await Self.pack(folder.path("tree"))
        try folder.write("old", to: "deep/er/target/stale")
        try await Self.unpack(archive, .folder(folder.path("deep/er/target")))
        #expect(try Tool.run("diff", "-r", folder.path("tree"), folder.path("deep/er/target")).isEmpty)
        #expect(!FileManager.default.fileExists(atPath: folder.path("deep/er/target/stale")))
        let format = ["stat", "-c", "%a %u %g %y %s"]
        for name in ["", "/a", "/a/file", "/cache/x"] {
            #expect(
                try Tool.outcome(format + [folder.path("tree" + name)]).output
                    == Tool.outcome(format + [folder.path("deep/er/target" + name)]).output)
        }
    }

    @Test func `a missing folder is made with those above it`() async throws {
        let folder = try TemporaryFolder()
        try Self.plant(in: folder)
        try await Self.unpack(try await Self.pack(folder.path("tree")), .folder(folder.path("new/one/two")))
        #expect(try folder.read("new/one/two/a/file") == Array("content".utf8))
    }

    @Test(arguments: ["/run/memory", "/link/memory", "/up/memory"])
    func `what is added to a container that runs stays in its root, whatever its links say`(_ path: String) async throws
    {
        let folder = try TemporaryFolder()
        try Self.plant(in: folder)
        let outside = try folder.makeFolder("outside/memory")
        for name in ["run/memory", "outside/memory", String((folder.path + "/outside/memory").dropFirst())] {
            try folder.makeFolder("process/root/" + name)
        }
        let root = folder.path("process/root")
        try FileManager.default.createSymbolicLink(
            atPath: root + "/link", withDestinationPath: folder.path("outside"))
        try FileManager.default.createSymbolicLink(atPath: root + "/up", withDestinationPath: "../../outside")
        let archive = try await Self.pack(folder.path("tree"))
        try await Self.unpack(archive, .runningFolderInside(root: root, path: path))
        #expect(try FileManager.default.contentsOfDirectory(atPath: outside).isEmpty)
        #expect(try !Tool.run("find", root, "-name", "cache").isEmpty)
    }

    @Test func `a file comes back under the name that is asked for`() async throws {
        let folder = try TemporaryFolder()
        try folder.write("#!/bin/sh\n", to: "script")
        try Tool.run("chmod", "4755", folder.path("script"))
        let archive = try await Self.pack(folder.path("script"))
        try await Self.unpack(archive, .file(folder.path("new/other")))
        #expect(try folder.read("new/other") == Array("#!/bin/sh\n".utf8))
        #expect(try Tool.run("stat", "-c", "%a", folder.path("new/other")) == "4755\n")
    }

    @Test func `the source is read to its end, so that it can verify all of it`() async throws {
        struct Tampered: Error {}
        let folder = try TemporaryFolder()
        try Self.plant(in: folder)
        let archive = try await Self.pack(folder.path("tree")) + [UInt8](repeating: 0, count: 100_000)
        await #expect(throws: Tampered.self) {
            try await LocalDataAccess().unpack(.folder(folder.path("target"))) {
                var rest = archive[...]
                return { buffer in
                    if rest.isEmpty { throw Tampered() }
                    let count = min(buffer.count, rest.count)
                    buffer.copyBytes(from: rest.prefix(count))
                    rest = rest.dropFirst(count)
                    return count
                }
            }
        }
    }

    @Test func `a packing that fails throws the consumer's or the tree's error`() async throws {
        struct Full: Error {}
        let folder = try TemporaryFolder()
        try Self.plant(in: folder)
        await #expect(throws: Full.self) {
            try await LocalDataAccess().pack(folder.path("tree"), excluding: []) { produce in
                try produce(PlainArchiveSink { _ in throw Full() })
            }
        }
        await #expect(throws: (any Error).self) { try await Self.pack(folder.path("missing")) }
    }

    @Test func `what stands at a path`() async throws {
        let folder = try TemporaryFolder()
        try Self.plant(in: folder)
        try Tool.run("mkfifo", folder.path("fifo"))
        let engine = try FakeEngine { _ in nil }
        let access = LocalDataAccess()
        #expect(try await access.kind(of: folder.path("tree")) == .directory)
        #expect(try await access.kind(of: folder.path("tree/a/file")) == .file)
        #expect(try await access.kind(of: folder.path("tree/a/link")) == .file)
        #expect(try await access.kind(of: folder.path("tree/none")) == nil)
        #expect(try await access.kind(of: folder.path("tree/a/file/below")) == nil)
        #expect(try await access.kind(of: folder.path("fifo")) == .special)
        #expect(try await access.kind(of: "/dev/null") == .special)
        #expect(try await access.kind(of: engine.path) == .socket)
        #expect(try await access.readFile(folder.path("tree/a/file")) == Array("content".utf8))
    }

    private static func plant(in folder: TemporaryFolder) throws {
        try folder.write("content", to: "tree/a/file")
        try folder.write("s3cret", to: "tree/a/secret")
        try folder.write("x", to: "tree/cache/x")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path("tree/a/link"), withDestinationPath: "file")
    }

    private static func pack(_ path: String, excluding exclusions: [Exclusion] = []) async throws -> [UInt8] {
        try await LocalDataAccess().pack(path, excluding: exclusions) { produce in
            var bytes: [UInt8] = []
            _ = try produce(PlainArchiveSink { bytes += $0 })
            return bytes
        }
    }

    private static func unpack(_ archive: [UInt8], _ target: UnpackTarget) async throws {
        try await LocalDataAccess().unpack(target) {
            var rest = archive[...]
            return { buffer in
                let count = min(buffer.count, rest.count)
                buffer.copyBytes(from: rest.prefix(count))
                rest = rest.dropFirst(count)
                return count
            }
        }
    }
}
