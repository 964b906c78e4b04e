// SPDX-License-Identifier: Apache-2.0

import Catalogue
import ContentStore
import EnvironmentModel
import Foundation
import Hashing
import JSONTree
import OCI
import Snapshots
import SystemPackage
import TestSupport
import Testing

@Suite struct TransactionTests {
    @Test func `a snapshot shows when it is committed and not before`() throws {
        let fixture = try LibraryFixture()
        let transaction = try fixture.library.begin()
        _ = try LibraryFixture.put("content", in: transaction)
        #expect(try fixture.reopened().snapshots().isEmpty)
        let id = try transaction.commit(LibraryFixture.document(name: "one"))
        #expect(try fixture.reopened().snapshots().map(\.id) == [id])
        #expect(try fixture.library.document(id) == LibraryFixture.document(name: "one"))
    }

    @Test func `the id is the digest of the stored document, as sha256sum says`() throws {
        let fixture = try LibraryFixture()
        let id = try fixture.snapshot(["content"])
        #expect(try Tool.sha256(fixture.folder.path("store/snapshots/\(id.hex).json")) == id.hex)
        let stored = try fixture.folder.read("store/snapshots/\(id.hex).json")
        #expect(try JSONValue(parsing: stored).canonicalBytes == stored)
    }

    @Test func `an abandoned transaction leaves no snapshot and no files`() throws {
        let fixture = try LibraryFixture()
        let transaction = try fixture.library.begin()
        _ = try LibraryFixture.put("content", in: transaction)
        try Data("x".utf8).write(to: URL(filePath: transaction.folder.appending("note").string))
        transaction.end()
        #expect(try fixture.library.snapshots().isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path("store/tmp")).isEmpty)
        #expect(try fixture.library.collectGarbage(isDryRun: false).blobs == 1)
    }

    @Test func `a dropped transaction lets go of the store`() throws {
        let fixture = try LibraryFixture()
        do { _ = try LibraryFixture.put("content", in: try fixture.library.begin()) }
        #expect(try fixture.library.store.deadTransactions().isEmpty)
        #expect(try fixture.library.collectGarbage(isDryRun: false).blobs == 1)
    }

    @Test func `a document that names a blob which is not stored is not committed`() throws {
        let fixture = try LibraryFixture()
        let transaction = try fixture.library.begin()
        defer { transaction.end() }
        var document = LibraryFixture.document()
        document.engine.rawAnswers = try SHA256Hasher.digest(of: Array("never".utf8))
        let error = #expect(throws: CatalogueError.self) { try transaction.commit(document) }
        #expect(error?.code == .missingBlob)
        #expect(try fixture.library.snapshots().isEmpty)
    }

    @Test func `a name belongs to one snapshot`() throws {
        let fixture = try LibraryFixture()
        try fixture.snapshot(["a"], name: "one")
        let error = #expect(throws: CatalogueError.self) { try fixture.snapshot(["b"], name: "one") }
        #expect(error?.code == .nameTaken)
        #expect(try fixture.library.snapshots().count == 1)
    }

    @Test func `what a crash left behind is found and swept`() throws {
        let fixture = try LibraryFixture()
        let dead = fixture.folder.path("store/tmp/0123abcd")
        try fixture.folder.write("", to: "store/tmp/0123abcd/lock")
        try fixture.folder.write("[]", to: "store/tmp/0123abcd/paused.json")
        let alive = try fixture.library.begin()
        #expect(try fixture.library.store.deadTransactions().map(\.string).map { $0.suffix(8) } == [dead.suffix(8)])
        alive.end()
        #expect(try fixture.library.collectGarbage(isDryRun: false).transactions == 1)
        #expect(try fixture.library.store.deadTransactions().isEmpty)
        #expect(!FileManager.default.fileExists(atPath: dead))
    }

    @Test func `the row of the catalogue counts what the document holds`() throws {
        let fixture = try LibraryFixture()
        let transaction = try fixture.library.begin()
        let blob = try LibraryFixture.put("0123456789", in: transaction)
        let data = DataArchive(digest: blob.rawDigest, size: 10, entries: 1, contentBytes: 1)
        var document = LibraryFixture.document(name: "n")
        document.message = "m"
        document.tags = ["k": "v"]
        document.notCaptured = [Remark(object: "o", text: "t", weight: .loss)]
        var inner = document.engine
        inner.volumes = [VolumeRecord(inspect: ["Name": "v"], data: data)]
        inner.containers = [ContainerRecord(inspect: ["Id": "2", "Name": "/leaf"], layer: data)]
        document.engine.containers = [ContainerRecord(inspect: ["Id": "1", "Name": "/host"], engine: inner)]
        document.trees = [TreeRecord(path: "/a", isFile: true, excluded: [], data: data)]
        let id = try transaction.commit(document)
        let row = try fixture.library.find("n")
        #expect(row.id == id)
        #expect(row.hostCount == 1)
        #expect(row.containerCount == 2)
        #expect(row.volumeCount == 1)
        #expect(row.imageCount == 0)
        #expect(row.rawSize == 30)
        #expect(!row.isComplete)
        #expect(row.tags == ["k": "v"])
        #expect(row.message == "m")
        #expect(row.project == "foo")
        #expect(row.documentSize == Int64(document.json.canonicalBytes.count))
    }
}
