// SPDX-License-Identifier: Apache-2.0

import Archive
import Foundation
import TestSupport
import Testing

@testable import LiveEnvironment

/// What a container or an image has made of its root leads no write of this machine out of it.
@Suite struct InnerFolderTests {
    /// A root with links to a folder beside it: by its absolute path, by dots, and in a chain.
    private static func ground() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.write("secret", to: "outside/victim")
        for path in ["root/real", "root/deep", "root" + folder.path("outside")] { try folder.makeFolder(path) }
        try Tool.run("ln", "-s", folder.path("outside"), folder.path("root/absolute"))
        try Tool.run("ln", "-s", "../outside", folder.path("root/dots"))
        try Tool.run("ln", "-s", "../absolute", folder.path("root/deep/chain"))
        try Tool.run("ln", "-s", "real", folder.path("root/inner"))
        return folder
    }

    private static func unpack(_ archive: [UInt8], _ target: UnpackTarget) async throws {
        try await LocalDataAccess().unpack(target) {
            var rest = archive[...]
            return { buffer in
                let portion = rest.prefix(buffer.count)
                buffer.copyBytes(from: portion)
                rest = rest.dropFirst(portion.count)
                return portion.count
            }
        }
    }

    private static func archive(_ entry: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        let writer = PaxWriter(sink: { bytes += $0 })
        let path = Array(entry.utf8)
        try writer.append(ArchiveEntry(path: path, kind: .file(size: 3), mode: 0o644), bytes: Array("new".utf8))
        try writer.finish()
        return bytes
    }

    private static func outside(_ folder: TemporaryFolder) throws -> [String] {
        #expect(try folder.read("outside/victim") == Array("secret".utf8))
        return try FileManager.default.contentsOfDirectory(atPath: folder.path("outside"))
    }

    @Test(arguments: ["absolute/victim", "/absolute/victim", "deep/chain/victim"])
    func `a file behind a link lands where the root's own processes would find it`(_ path: String) async throws {
        let folder = try Self.ground()
        try await Self.unpack(try Self.archive("."), .fileInside(root: folder.path("root"), path: path))
        #expect(try Self.outside(folder) == ["victim"])
        #expect(try folder.read("root" + folder.path("outside/victim")) == Array("new".utf8))
    }

    @Test func `dots do not lead above the root`() async throws {
        let folder = try Self.ground()
        let root = folder.path("root")
        // The link leads to a folder of the root's own, which is not there.
        await #expect(throws: LiveEnvironmentError.self) {
            try await Self.unpack(try Self.archive("x"), .runningFolderInside(root: root, path: "/dots"))
        }
        try await Self.unpack(try Self.archive("x"), .runningFolderInside(root: root, path: "/../../../real"))
        #expect(try folder.read("root/real/x") == Array("new".utf8))
        #expect(try Self.outside(folder) == ["victim"])
    }

    @Test func `a running folder behind a link is the root's own`() async throws {
        let folder = try Self.ground()
        for path in ["/absolute", "/deep/chain", "/inner"] {
            try await Self.unpack(
                try Self.archive("x"), .runningFolderInside(root: folder.path("root"), path: path))
        }
        #expect(try Self.outside(folder) == ["victim"])
        #expect(try folder.read("root" + folder.path("outside/x")) == Array("new".utf8))
        #expect(try folder.read("root/real/x") == Array("new".utf8))
    }

    @Test func `folders that are missing are made inside`() async throws {
        let folder = try Self.ground()
        try await Self.unpack(try Self.archive("."), .fileInside(root: folder.path("root"), path: "inner/a/b/c"))
        #expect(try folder.read("root/real/a/b/c") == Array("new".utf8))
    }
}
