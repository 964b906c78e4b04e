// SPDX-License-Identifier: Apache-2.0

import Archive
import Catalogue
import ContentStore
import EnvironmentModel
import Foundation
import JSONTree
import OCI
import Snapshots
import SystemPackage
import TestSupport
import Testing

/// Stores that older versions wrote are read for ever; `snapshots/README.md` says how they were made.
@Suite struct FormatVersionTests {
    /// All versions that are read.
    static let versions = Array(1...Int(EnvironmentDocument.currentFormat))

    @Test func `there is a reference store for every version, and none besides`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let names = try FileManager.default.contentsOfDirectory(atPath: root.appending(path: "snapshots").path)
        #expect(Set(names) == Set(Self.versions.map { "v\($0)" } + ["README.md"]), "add one: snapshots/README.md")
    }

    /// A copy of a reference store, closed to other users as a store has to be.
    static func store(_ version: Int, in folder: TemporaryFolder) throws -> SnapshotLibrary {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let copy = folder.path("store")
        try Tool.run("cp", "-r", root.appending(path: "snapshots/v\(version)").path, copy)
        try Tool.run("chmod", "-R", "u+w,go=", copy)
        return try SnapshotLibrary(at: FilePath(copy))
    }

    @Test(arguments: versions) func `a store of every version is sound and whole`(_ version: Int) throws {
        let folder = try TemporaryFolder()
        let library = try Self.store(version, in: folder)
        let report = try library.check(depth: .data)
        #expect(report.problems == [])
        #expect(report.snapshots == 1)
        #expect(try library.collectGarbage(isDryRun: false).blobs == 0)

        let record = try library.find("reference")
        let document = try library.document(record.id)
        #expect(document.formatVersion == Int64(version))
        #expect(document.json.canonicalBytes == (try library.store.readDocument(record.id)))
        let data = try #require(document.engine.volumes.first?.data)
        #expect(data.form == (version == 1 ? .whole : .chunks))
        #expect(
            try Self.names(data, in: library) == [".", "large", "small", "sparse", "sub", "sub/second"])
        #expect(try Self.names(document.trees[0].data, in: library).contains("config/app.conf"))
        let layer = try #require(document.engine.containers.first?.layer)
        #expect(try Self.names(layer, in: library) == [".", "data"])
        for blob in document.engine.images.flatMap(\.blobs) { try library.openBlob(blob).drain() }
    }

    private static func names(_ archive: DataArchive, in library: SnapshotLibrary) throws -> [String] {
        let source = try library.openArchive(archive)
        let reader = try PaxReader(source: { try source.read(into: $0) })
        var names: [String] = []
        while let entry = try reader.next() { names.append(String(decoding: entry.path, as: UTF8.self)) }
        return names
    }

    @Test func `a newer store takes in what an older snapshot has`() throws {
        let folder = try TemporaryFolder()
        let library = try Self.store(1, in: folder)
        let old = try library.find("reference").id
        let transaction = try library.begin()
        let archive = try LibraryFixture.put(archive: LibraryFixture.noise(500_000), in: transaction)
        let id = try transaction.commit(LibraryFixture.document([archive]))
        #expect(try library.document(id).formatVersion == 2)
        #expect(try library.document(old).formatVersion == 1)
        #expect(try library.collectGarbage(isDryRun: false).blobs == 0)
        #expect(try library.check(depth: .data).problems == [])
    }
}
