// SPDX-License-Identifier: Apache-2.0

import Catalogue
import OCI
import Testing

@Suite struct SnapshotTests {
    @Test func areKeptWithAllTheirFields() throws {
        let fixture = try CatalogueFixture()
        let full = try SnapshotRecord.sample(
            "aaaa", name: "näme 'x'", tags: ["k": "v", "": "never"].filter { !$0.key.isEmpty })
        var bare = try SnapshotRecord.sample("bbbb")
        bare.message = nil
        bare.isComplete = false
        bare.origin = SnapshotOrigin(kind: .pulled, source: "oci://r/x:y", receivedAt: "2026-11-24T10:00:00Z")
        #expect(try fixture.insert(full) == .inserted)
        #expect(try fixture.insert(bare) == .inserted)
        #expect(try fixture.database.snapshot(full.id) == full)
        #expect(try fixture.database.snapshot(bare.id) == bare)
        #expect(try fixture.database.snapshot(digest("cccc")) == nil)
        #expect(try fixture.database.snapshot(named: "näme 'x'") == full)
        #expect(try fixture.database.snapshot(named: "näme") == nil)
    }

    @Test func whereOneCameFromGoesWithIt() throws {
        let fixture = try CatalogueFixture()
        var snapshot = try SnapshotRecord.sample("aaaa")
        snapshot.origin = SnapshotOrigin(kind: .imported, source: "/x", receivedAt: "2026-11-24T10:00:00Z")
        try fixture.insert(snapshot)
        // What is there already stays what it was.
        snapshot.origin?.kind = .pulled
        #expect(try fixture.insert(snapshot) == .alreadyPresent)
        #expect(try fixture.database.snapshot(snapshot.id)?.origin?.kind == .imported)
        try fixture.database.deleteSnapshot(snapshot.id)
        snapshot.origin = nil
        try fixture.insert(snapshot)
        #expect(try fixture.database.snapshot(snapshot.id)?.origin == nil)
    }

    @Test func areListedTheNewestFirst() throws {
        let fixture = try CatalogueFixture()
        try fixture.insert(.sample("aaaa", createdAt: "2026-11-23T10:00:00Z"))
        try fixture.insert(.sample("bbbb", createdAt: "2026-11-25T10:00:00Z", tags: ["a": "1"]))
        try fixture.insert(.sample("cccc", createdAt: "2026-11-24T10:00:00Z", tags: ["a": "2", "b": "3"]))
        let list = try fixture.database.snapshots()
        #expect(list.map { $0.id.hex.prefix(4) } == ["bbbb", "cccc", "aaaa"])
        #expect(list.map(\.tags) == [["a": "1"], ["a": "2", "b": "3"], [:]])
    }

    @Test func areFoundByAPrefixOfFourDigitsOrMore() throws {
        let fixture = try CatalogueFixture()
        let first = try SnapshotRecord.sample("abcd1", createdAt: "2026-11-23T10:00:00Z")
        let second = try SnapshotRecord.sample("abcd2", createdAt: "2026-11-24T10:00:00Z")
        let third = try SnapshotRecord.sample("ffffffff")
        for snapshot in [first, second, third] { try fixture.insert(snapshot) }
        #expect(try fixture.database.snapshots(prefix: "abcd") == .ambiguous([second, first]))
        #expect(try fixture.database.snapshots(prefix: "abcd2") == .unique(second))
        #expect(try fixture.database.snapshots(prefix: "ffff") == .unique(third))
        #expect(try fixture.database.snapshots(prefix: third.id.hex) == .unique(third))
        for text in ["abc", "", "ABCD", "abce", "%%%%", "abcg", "abcd*", third.id.hex + "0", third.id.description] {
            #expect(try fixture.database.snapshots(prefix: text) == .none, "\(text)")
        }
    }

    @Test func aNameStandsForOneSnapshot() throws {
        let fixture = try CatalogueFixture()
        try fixture.insert(.sample("aaaa", name: "daily"))
        let error = #expect(throws: CatalogueError.self) {
            try fixture.insert(.sample("bbbb", name: "daily"), blobs: [try blob("1")])
        }
        #expect(error?.code == .nameTaken)
        #expect(error?.message.contains("--name") == true)
        #expect(error?.message.contains("aaaa") == true)
        #expect(try fixture.database.snapshots().count == 1)
        #expect(try fixture.database.allBlobs().isEmpty)
        try fixture.insert(.sample("bbbb"))
        try fixture.insert(.sample("cccc"))
    }

    @Test func theSameOneIsPutInOnce() throws {
        let fixture = try CatalogueFixture()
        let snapshot = try SnapshotRecord.sample("aaaa", name: "first", tags: ["k": "v"])
        try fixture.insert(snapshot, blobs: [try blob("1")])
        var again = snapshot
        again.name = "second"
        #expect(try fixture.insert(again, blobs: [try blob("1"), try blob("2")]) == .alreadyPresent)
        #expect(try fixture.database.snapshots() == [snapshot])
        #expect(try fixture.database.blobs(of: snapshot.id).count == 2)
    }

    @Test func aMissingBlobUndoesAll() throws {
        let fixture = try CatalogueFixture()
        let stored = try blob("1")
        let lost = try blob("2")
        let error = #expect(throws: CatalogueError.self) {
            try fixture.database.insert(
                .sample("aaaa"), adding: [stored, lost], referencing: [stored.rawDigest, lost.rawDigest],
                isStored: { $0 != lost })
        }
        #expect(error?.code == .missingBlob)
        #expect(error?.message.contains(lost.rawDigest.hex) == true)
        let unknown = #expect(throws: CatalogueError.self) {
            try fixture.database.insert(
                .sample("aaaa"), adding: [stored], referencing: [stored.rawDigest, digest("3")], isStored: { _ in true }
            )
        }
        #expect(unknown?.code == .missingBlob)
        #expect(try fixture.database.snapshots().isEmpty)
        #expect(try fixture.database.allBlobs().isEmpty)
    }

    @Test func anErrorOfTheCallerUndoesAll() throws {
        struct Failure: Error {}
        let fixture = try CatalogueFixture()
        let stored = try blob("1")
        let error = #expect(throws: CatalogueError.self) {
            try fixture.database.insert(
                .sample("aaaa"), adding: [stored], referencing: [stored.rawDigest], isStored: { _ in throw Failure() })
        }
        #expect(error?.cause is Failure)
        #expect(try fixture.database.snapshots().isEmpty)
    }

    @Test func areRemovedWithTheirTagsAndReferences() throws {
        let fixture = try CatalogueFixture()
        let snapshot = try SnapshotRecord.sample("aaaa", name: "first", tags: ["k": "v"])
        try fixture.insert(snapshot, blobs: [try blob("1")])
        try fixture.database.deleteSnapshot(snapshot.id)
        #expect(try fixture.database.snapshots().isEmpty)
        #expect(try sqlite(fixture.path, "SELECT count(*) FROM snapshot_tag") == "0")
        #expect(try sqlite(fixture.path, "SELECT count(*) FROM snapshot_blob") == "0")
        #expect(try fixture.database.allBlobs().count == 1)
        let error = #expect(throws: CatalogueError.self) { try fixture.database.deleteSnapshot(snapshot.id) }
        #expect(error?.code == .noSuchSnapshot)
    }

    @Test(arguments: ["", "yesterday", "2026-11-23 10:00:00", "2026-11-23T10:00:00+01:00", "2026-11-23T10:00:00"])
    func aTimeThatDoesNotSortIsRefused(_ time: String) throws {
        let fixture = try CatalogueFixture()
        let error = #expect(throws: CatalogueError.self) { try fixture.insert(.sample("aaaa", createdAt: time)) }
        #expect(error?.code == .failed)
        #expect(try fixture.database.snapshots().isEmpty)
    }

    @Test func anErrorShowsNoValueOfARow() throws {
        let fixture = try CatalogueFixture()
        var snapshot = try SnapshotRecord.sample("aaaa", createdAt: "not a time")
        snapshot.message = "s3cret"
        let error = #expect(throws: CatalogueError.self) { try fixture.insert(snapshot) }
        #expect(error.map { "\($0) \($0.cause.map { "\($0)" } ?? "")" }?.contains("s3cret") == false)
    }
}
