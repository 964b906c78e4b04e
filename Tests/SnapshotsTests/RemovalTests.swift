// SPDX-License-Identifier: Apache-2.0

import Catalogue
import ContentStore
import EnvironmentModel
import Foundation
import Hashing
import OCI
import Snapshots
import TestSupport
import Testing

@Suite struct RemovalTests {
    @Test func `a removed snapshot is gone and its blobs stay until garbage is collected`() throws {
        let fixture = try LibraryFixture()
        let id = try fixture.snapshot(["a", "shared"], name: "one")
        let kept = try fixture.snapshot(["b", "shared"], name: "two")
        #expect(fixture.blobFiles.count == 3)
        try fixture.library.remove(try fixture.library.find("one"))
        #expect(try fixture.library.snapshots().map(\.id) == [kept])
        #expect(throws: (any Error).self) { try fixture.library.document(id) }
        #expect(fixture.blobFiles.count == 3)

        let rehearsal = try fixture.library.collectGarbage(isDryRun: true)
        #expect(rehearsal.blobs == 1)
        #expect(rehearsal.bytes > 0)
        #expect(fixture.blobFiles.count == 3)
        let report = try fixture.library.collectGarbage(isDryRun: false)
        #expect(report.blobs == 1)
        #expect(report.bytes == rehearsal.bytes)
        #expect(fixture.blobFiles.count == 2)
        #expect(try fixture.library.readBlob(Self.digest("shared")) == Array("shared".utf8))
        #expect(try fixture.library.readBlob(Self.digest("b")) == Array("b".utf8))
        #expect(throws: SnapshotError.self) { try fixture.library.openBlob(Self.digest("a")) }
        #expect(try fixture.library.collectGarbage(isDryRun: false).blobs == 0)
    }

    @Test func `what was collected can be stored again`() throws {
        let fixture = try LibraryFixture()
        try fixture.snapshot(["a"], name: "one")
        try fixture.library.remove(try fixture.library.find("one"))
        _ = try fixture.library.collectGarbage(isDryRun: false)
        try fixture.snapshot(["a"], name: "again")
        #expect(try fixture.library.readBlob(Self.digest("a")) == Array("a".utf8))
        #expect(try fixture.library.check(depth: .data).problems == [])
    }

    @Test func `a snapshot with a replay is in use`() throws {
        let fixture = try LibraryFixture()
        let id = try fixture.snapshot(["a"], name: "one")
        try fixture.library.catalogue.insert(
            ReplayRecord(
                name: "r", snapshotID: id, createdAt: "2026-11-01T10:00:00Z", mode: .capsule,
                engineAddress: "unix:///x", state: "running"))
        let record = try fixture.library.find("one")
        let error = #expect(throws: SnapshotError.self) { try fixture.library.remove(record) }
        #expect(error?.code == .inUse)
        #expect(error?.hint == "take them down first: envsnap down r")
        try fixture.library.catalogue.deleteReplay(named: "r")
        try fixture.library.remove(record)
        #expect(try fixture.library.snapshots().isEmpty)
    }

    @Test func `garbage is not collected while a snapshot is being written`() throws {
        let fixture = try LibraryFixture()
        let transaction = try fixture.library.begin()
        _ = try LibraryFixture.put("fresh", in: transaction)
        let error = #expect(throws: ContentStoreError.self) { try fixture.reopened().collectGarbage(isDryRun: false) }
        #expect(error?.code == .locked)
        var document = LibraryFixture.document()
        document.engine.rawAnswers = try Self.digest("fresh")
        _ = try transaction.commit(document)
        #expect(try fixture.library.collectGarbage(isDryRun: false).blobs == 0)
        #expect(try fixture.library.readBlob(Self.digest("fresh")) == Array("fresh".utf8))
    }

    @Test func `a document that the catalogue lost still protects its blobs`() throws {
        let fixture = try LibraryFixture()
        let id = try fixture.snapshot(["a"], name: "one")
        let document = try fixture.folder.read("store/snapshots/\(id.hex).json")
        try fixture.library.catalogue.deleteSnapshot(id)
        #expect(document.count > 0)
        #expect(try fixture.library.collectGarbage(isDryRun: false).blobs == 0)
        #expect(fixture.blobFiles.count == 1)
    }

    private static func digest(_ text: String) throws -> Digest { try SHA256Hasher.digest(of: Array(text.utf8)) }
}
