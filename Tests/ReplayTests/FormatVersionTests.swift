// SPDX-License-Identifier: Apache-2.0

import Archive
import Catalogue
import EnvironmentModel
import Foundation
import LiveEnvironment
import Snapshots
import SystemPackage
import TestSupport
import Testing

@testable import Replay

/// What older versions captured is unpacked and compared as before; `snapshots/README.md` says how it was made.
@Suite struct FormatVersionTests {
    @Test(arguments: Array(1...Int(EnvironmentDocument.currentFormat)))
    func `data of every version is restored and compared`(_ version: Int) async throws {
        let folder = try TemporaryFolder()
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        try Tool.run("cp", "-r", root.appending(path: "snapshots/v\(version)").path, folder.path("store"))
        try Tool.run("chmod", "-R", "u+w,go=", folder.path("store"))
        let library = try SnapshotLibrary(at: FilePath(folder.path("store")))
        let document = try library.document(library.find("reference").id)
        let data = try #require(document.engine.volumes.first?.data)

        let access = LocalDataAccess()
        let target = folder.path("volume")
        try await DataRestorer(library: library, access: access).restore(data, to: .folder(target))
        let digest = "7dcc35a5ef11fec21bf7d462eb3d2bb9248a554f884a7e28300b6d156f569e1b"
        #expect(try Tool.sha256(folder.path("volume/large")) == digest)
        #expect(try folder.read("volume/sub/second") == Array("hello\n".utf8))
        #expect(
            try Tool.run("stat", "-c", "%h %u", folder.path("volume/small"), folder.path("volume/sub"))
                == "2 0\n2 1000\n")

        var comparison = DataComparison(ComparedObject(.volume, .outermost, "volume"), .verdict)
        let found = try await access.pack(target, excluding: []) { produce in
            var bytes: [UInt8] = []
            _ = try produce(PlainArchiveSink { bytes += $0 })
            return bytes
        }
        var unread: [UInt8]? = found
        try comparison.compare(
            captured: try library.archiveBytes(data),
            found: ChunkSource {
                defer { unread = nil }
                return unread
            }.read)
        let verdict = comparison.difference.verdict
        #expect(verdict.different.isEmpty)
        #expect(verdict.compared > 20)
    }
}
