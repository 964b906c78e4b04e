// SPDX-License-Identifier: Apache-2.0

import Catalogue
import ContentStore
import EnvironmentModel
import Foundation
import Hashing
import JSONTree
import OCI
import SystemPackage
import TestSupport
import Testing

@testable import Snapshots

/// Runs that end between a document and its row.
@Suite struct InterruptedCommitTests {
    @Test func `a commit that fails takes its document back`() throws {
        let fixture = try LibraryFixture()
        try fixture.snapshot(["a"], name: "taken")
        let error = #expect(throws: CatalogueError.self) {
            try fixture.snapshot(["b"], name: "taken", capturedAt: "2026-11-02T10:00:00Z")
        }
        #expect(error?.code == .nameTaken)
        #expect(try fixture.library.store.documentIDs().count == 1)
        #expect(try fixture.library.check(depth: .data).problems == [])
        #expect(try fixture.library.collectGarbage(isDryRun: false).blobs == 1)
    }

    /// What a run leaves that is killed after the document and before its row, or between the two steps of `rm`.
    @Test func `a document that a dead run announced is no loss, and garbage`() throws {
        let fixture = try LibraryFixture()
        let kept = try fixture.snapshot(["a"])
        let id = try fixture.snapshot(["b"], capturedAt: "2026-11-02T10:00:00Z")
        try fixture.library.catalogue.deleteSnapshot(id)
        let dead = fixture.folder.path("store/tmp/dead")
        try FileManager.default.createDirectory(atPath: dead, withIntermediateDirectories: false)
        try Data().write(to: URL(filePath: dead + "/lock"))
        try Data(id.hex.utf8).write(to: URL(filePath: dead + "/document"))
        #expect(try fixture.library.check(depth: .data).problems == [])
        #expect(try fixture.library.collectGarbage(isDryRun: true).blobs == 0)
        let report = try fixture.library.collectGarbage(isDryRun: false)
        #expect(report.transactions == 1)
        #expect(report.blobs == 1)
        #expect(try fixture.library.store.documentIDs() == [kept])
        #expect(try fixture.library.check(depth: .data).problems == [])
    }

    /// A disk that fails between the two steps of `rm`: the run itself goes on, and ends.
    @Test func `a document that cannot be removed stays announced, and is garbage`() throws {
        let fixture = try LibraryFixture()
        let kept = try fixture.snapshot(["a"])
        let id = try fixture.snapshot(["b"], name: "one", capturedAt: "2026-11-02T10:00:00Z")
        let document = fixture.folder.path("store/snapshots/\(id.hex).json")
        let bytes = try Data(contentsOf: URL(filePath: document))
        try FileManager.default.removeItem(atPath: document)
        try FileManager.default.createDirectory(atPath: document, withIntermediateDirectories: false)
        let record = try fixture.library.find("one")
        #expect(throws: (any Error).self) { try fixture.library.remove(record) }
        try FileManager.default.removeItem(atPath: document)
        try bytes.write(to: URL(filePath: document))
        #expect(try fixture.library.snapshots().map(\.id) == [kept])
        #expect(try fixture.library.check(depth: .data).problems == [])
        let report = try fixture.library.collectGarbage(isDryRun: false)
        #expect(report.transactions == 1 && report.blobs == 1)
        #expect(try fixture.library.store.documentIDs() == [kept])
    }

    /// `rm` of the same snapshot, which took its row before this run looked, and its document after.
    @Test func `a document that is removed before its row is there is written again`() throws {
        let fixture = try LibraryFixture()
        let transaction = try fixture.library.begin()
        _ = try LibraryFixture.put("a", in: transaction)
        let document = LibraryFixture.document()
        let bytes = document.json.canonicalBytes
        let path = fixture.folder.path("store/snapshots/\(try SHA256Hasher.digest(of: bytes).hex).json")
        try Data(bytes).write(to: URL(filePath: path))
        let id = try transaction.commit(document, bytes: bytes) { _ in
            #expect(throws: Never.self) { try FileManager.default.removeItem(atPath: path) }
        }
        #expect(try fixture.library.store.documentIDs() == [id])
        #expect(try fixture.library.snapshots().map(\.id) == [id])
        #expect(try fixture.library.check(depth: .data).problems == [])
        #expect(try fixture.library.collectGarbage(isDryRun: false).transactions == 0)
    }

    @Test func `an announced document with a row stays`() throws {
        let fixture = try LibraryFixture()
        let id = try fixture.snapshot(["a"])
        let dead = fixture.folder.path("store/tmp/dead")
        try FileManager.default.createDirectory(atPath: dead, withIntermediateDirectories: false)
        try Data(id.hex.utf8).write(to: URL(filePath: dead + "/document"))
        #expect(try fixture.library.collectGarbage(isDryRun: false).blobs == 0)
        #expect(try fixture.library.store.documentIDs() == [id])
        #expect(try fixture.library.check(depth: .data).problems == [])
    }

    @Test func `no garbage is collected without a catalogue, nor what may belong to a document without rows`() throws {
        let fixture = try LibraryFixture()
        try fixture.snapshot(["a", "b"], name: "one")
        let path = fixture.folder.path("copy")
        try Tool.run("sh", "-ec", "cp -a '\(fixture.folder.path("store"))' '\(path)'; rm '\(path)/catalogue.sqlite'")
        let error = #expect(throws: SnapshotError.self) { try SnapshotLibrary(at: FilePath(path)) }
        #expect(error?.code == .damaged)
        #expect(error?.hint?.contains("check --rebuild") == true)
        // As a version before this one made it.
        try CatalogueDatabase.open(at: FilePath(path + "/catalogue.sqlite")).close()
        let library = try SnapshotLibrary(at: FilePath(path))
        let report = try library.collectGarbage(isDryRun: false)
        #expect(report.blobs == 0)
        #expect(report.spared == 2)
        #expect(try library.store.blobDigests().count == 2)
    }

    @Test func `a transaction that was killed before it had its lock is no obstacle`() throws {
        let fixture = try LibraryFixture()
        try FileManager.default.createDirectory(
            atPath: fixture.folder.path("store/tmp/young"), withIntermediateDirectories: false)
        try fixture.folder.write("x", to: "store/tmp/stray")
        #expect(try fixture.library.store.deadTransactions() == [])
        #expect(try fixture.library.collectGarbage(isDryRun: false).transactions == 2)
    }
}
