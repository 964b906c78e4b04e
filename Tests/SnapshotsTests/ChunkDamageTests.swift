// SPDX-License-Identifier: Apache-2.0

import Catalogue
import ContentStore
import EnvironmentModel
import Foundation
import OCI
import Snapshots
import TestSupport
import Testing

@Suite struct ChunkDamageTests {
    private static let bytes = LibraryFixture.noise(2_000_000)

    private static func isDamage(_ error: (any Error)?) -> Bool {
        (error as? ContentStoreError)?.code == .damaged || (error as? SnapshotError)?.code == .damaged
    }

    @Test(arguments: [0, 40, 700_000, 1_999_000]) func `a flipped bit in a pack is found`(_ place: Int) throws {
        let fixture = try LibraryFixture()
        let archive = try fixture.snapshot(archive: Self.bytes).archive
        let pack = try #require(try fixture.packs().first)
        try fixture.tamper(pack) { $0[place] ^= 16 }
        #expect(Self.isDamage(#expect(throws: (any Error).self) { try fixture.read(archive) }))
        #expect(try fixture.library.check(depth: .size).problems == [])
        let problems = try fixture.library.check(depth: .data).problems
        #expect(problems.contains { $0.contains(String(pack.suffix(64).prefix(12))) })
    }

    @Test(arguments: [1, 1_000_000]) func `a truncated pack is found`(_ count: Int) throws {
        let fixture = try LibraryFixture()
        let archive = try fixture.snapshot(archive: Self.bytes).archive
        try fixture.tamper(try #require(try fixture.packs().first)) { $0.removeLast(count) }
        if count > 1000 { #expect(Self.isDamage(#expect(throws: (any Error).self) { try fixture.read(archive) })) }
        #expect(try fixture.library.check(depth: .size).problems.count == 1)
    }

    @Test func `a pack that is gone is named`() throws {
        let fixture = try LibraryFixture()
        let archive = try fixture.snapshot(archive: Self.bytes).archive
        let pack = try #require(try fixture.packs().first)
        try FileManager.default.removeItem(atPath: pack)
        let error = #expect(throws: ContentStoreError.self) { try fixture.read(archive) }
        #expect(error?.code == .missing)
        let name = String(pack.suffix(64).prefix(12))
        for depth in [CheckDepth.size, .data] {
            #expect(try fixture.library.check(depth: depth).problems == ["blob \(name): missing"])
        }
    }

    @Test func `a chunk that the catalogue lost is named and kept`() throws {
        let fixture = try LibraryFixture()
        let (id, archive, _) = try fixture.snapshot(archive: Self.bytes)
        let catalogue = fixture.folder.path("store/catalogue.sqlite")
        try Tool.run("sqlite3", catalogue, "DELETE FROM chunk; DELETE FROM snapshot_blob; DELETE FROM snapshot;")
        let error = #expect(throws: SnapshotError.self) { try fixture.read(archive) }
        #expect(error?.code == .missingBlob)
        #expect(try fixture.library.collectGarbage(isDryRun: true).blobs == 0)
        #expect(try fixture.library.collectGarbage(isDryRun: false).blobs == 0)
        // A second time, when the rows of what no snapshot names are gone.
        #expect(try fixture.library.collectGarbage(isDryRun: false).blobs == 0)
        #expect(fixture.blobFiles.count == 2)
        #expect(try fixture.library.document(id).chunkLists == [archive.digest])
    }

    @Test func `a missing chunk of a known snapshot is named`() throws {
        let fixture = try LibraryFixture()
        let id = try fixture.snapshot(archive: Self.bytes).id
        let catalogue = fixture.folder.path("store/catalogue.sqlite")
        try Tool.run("sqlite3", catalogue, "DELETE FROM chunk WHERE stored_offset = 0;")
        let problems = try fixture.library.check(depth: .size).problems
        #expect(problems.count == 1)
        #expect(problems.first?.hasPrefix("snapshot \(id.short): the chunk ") == true)
    }

    @Test func `a damaged list of chunks is named`() throws {
        let fixture = try LibraryFixture()
        let (id, archive, _) = try fixture.snapshot(archive: Self.bytes)
        try fixture.tamper(fixture.file(of: archive.digest)) { $0[$0.count / 2] ^= 1 }
        #expect(Self.isDamage(#expect(throws: (any Error).self) { try fixture.read(archive) }))
        let problems = try fixture.library.check(depth: .size).problems
        #expect(problems.contains { $0.hasPrefix("snapshot \(id.short): the list of chunks \(archive.digest.short)") })
    }

    @Test func `gc frees the packs that no snapshot needs, and only those`() throws {
        let fixture = try LibraryFixture()
        let first = try fixture.snapshot(archive: Self.bytes)
        let second = try fixture.snapshot(
            archive: Self.bytes + LibraryFixture.noise(1_000_000, seed: 5), capturedAt: "2026-11-02T10:00:00Z")
        #expect(try fixture.packs().count == 2)
        try fixture.library.remove(fixture.library.find(first.id.hex))
        #expect(try fixture.library.collectGarbage(isDryRun: false).blobs == 1)
        #expect(try fixture.packs().count == 2)
        #expect(try fixture.read(second.archive).count == 3_000_000)
        #expect(try fixture.library.check(depth: .data).problems == [])
        try fixture.library.remove(fixture.library.find(second.id.hex))
        #expect(try fixture.library.collectGarbage(isDryRun: false).blobs == 3)
        #expect(fixture.blobFiles.isEmpty)
        // What was removed is stored anew.
        let again = try fixture.snapshot(archive: Self.bytes, capturedAt: "2026-11-03T10:00:00Z")
        #expect(try fixture.read(again.archive) == Self.bytes)
    }
}
