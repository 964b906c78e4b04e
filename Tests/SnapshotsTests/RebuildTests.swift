// SPDX-License-Identifier: Apache-2.0

import Catalogue
import ContentStore
import EnvironmentModel
import Foundation
import Hashing
import OCI
import Snapshots
import SystemPackage
import TestSupport
import Testing

/// Catalogues that are made anew.
///
/// Each test damages a copy of a store, since a rebuild wants it to itself.
@Suite struct RebuildTests {
    static let time = "2026-11-20T10:00:00Z"

    /// A store with two snapshots in chunks and one of whole blobs, which nobody has open.
    private struct Store {
        let folder: TemporaryFolder
        let path: FilePath
        let rows: [SnapshotRecord]
        let listing: String

        init(_ fill: (LibraryFixture) throws -> Void = { _ in }) throws {
            let fixture = try LibraryFixture()
            try fixture.snapshot(archive: LibraryFixture.noise(700_000), capturedAt: "2026-11-01T10:00:00Z")
            try fixture.snapshot(
                archive: LibraryFixture.noise(700_000) + LibraryFixture.noise(300_000, seed: 7),
                capturedAt: "2026-11-02T10:00:00Z")
            try fixture.snapshot(["a", "b"], name: "whole", capturedAt: "2026-11-03T10:00:00Z")
            try fill(fixture)
            rows = try fixture.library.snapshots()
            folder = try TemporaryFolder()
            path = FilePath(folder.path("store"))
            try Tool.run("cp", "-a", fixture.folder.path("store"), path.string)
            listing = try Self.dump(path)
        }

        func file(_ name: String) -> String { path.appending(name).string }

        func rebuild() throws -> RebuildReport {
            try SnapshotLibrary.rebuildCatalogue(at: path, time: RebuildTests.time)
        }

        /// What follows from documents and blobs, without the numbers of rows, as `sqlite3` tells it.
        static func dump(_ path: FilePath) throws -> String {
            try Tool.run(
                "sqlite3", path.appending("catalogue.sqlite").string,
                """
                SELECT id, name, message, created_at, project, complete, document_size, raw_size FROM snapshot ORDER BY id;
                SELECT raw_digest, raw_size, stored_digest, stored_size, encoding, kind FROM blob ORDER BY raw_digest;
                SELECT id, raw_digest FROM snapshot_blob JOIN snapshot ON snapshot = snapshot.number
                JOIN blob ON blob = blob.number ORDER BY id, raw_digest;
                SELECT hex(digest), stored_digest, stored_offset, chunk.stored_size, size FROM chunk
                JOIN blob ON pack = blob.number ORDER BY digest;
                """)
        }
    }

    static let damages: [(what: String, script: String)] = [
        ("missing", "rm catalogue.sqlite*"),
        ("empty", ": >catalogue.sqlite"),
        ("garbage", "head -c 20000 /dev/urandom >catalogue.sqlite"),
        ("garbage beside a journal", "echo no >catalogue.sqlite; echo no >catalogue.sqlite-journal"),
        ("without a header", "dd if=/dev/zero of=catalogue.sqlite bs=16 count=1 conv=notrunc status=none"),
        (
            "with a damaged page",
            "dd if=/dev/urandom of=catalogue.sqlite bs=4096 seek=2 count=1 conv=notrunc status=none"
        ),
        ("half", "truncate -s 40000 catalogue.sqlite"),
        (
            "of another program",
            "rm catalogue.sqlite; sqlite3 catalogue.sqlite 'CREATE TABLE t (x)'; chmod 600 catalogue.sqlite"
        ),
    ]

    @Test(arguments: damages.indices)
    func `a lost catalogue is made anew, row for row`(_ index: Int) throws {
        let store = try Store()
        let (what, script) = Self.damages[index]
        try Tool.run("sh", "-ec", "cd '\(store.path)'; chmod 600 catalogue.sqlite; \(script)")
        let before = try? Data(contentsOf: URL(filePath: store.file("catalogue.sqlite")))
        #expect(throws: (any Error).self, "\(what)") { try SnapshotLibrary(at: store.path) }
        let untouched = try? Data(contentsOf: URL(filePath: store.file("catalogue.sqlite")))
        #expect(untouched == before, "\(what)")

        let report = try store.rebuild()
        #expect(report.complaint != nil)
        #expect(report.problems == [])
        #expect(report.snapshots == 3)
        #expect(report.foreign.count == 3)
        #expect(report.chunks > 6)
        #expect((report.setAside == nil) == (before == nil))
        if let aside = report.setAside { #expect(try Data(contentsOf: URL(filePath: aside.string)) == before) }
        #expect(try Store.dump(store.path) == store.listing)

        let library = try SnapshotLibrary(at: store.path)
        for record in try library.snapshots() {
            #expect(record.origin == SnapshotOrigin(kind: .rebuilt, source: "its document", receivedAt: Self.time))
        }
        #expect(try library.check(depth: .data).problems == [])
        #expect(try library.collectGarbage(isDryRun: false).blobs == 0)
        let names = try FileManager.default.contentsOfDirectory(atPath: store.path.string)
        #expect(
            !names.contains {
                $0.hasPrefix("catalogue.sqlite.new") || $0.hasSuffix("-journal") && !$0.contains("damaged")
            })
    }

    @Test func `of a sound one everything is taken over`() throws {
        let store = try Store { fixture in
            let id = try fixture.snapshot(["c"], capturedAt: "2026-11-04T10:00:00Z")
            try Tool.run(
                "sqlite3", fixture.folder.path("store/catalogue.sqlite"),
                """
                INSERT INTO snapshot_origin SELECT number, 'pulled', 'oci://x/y', '2026-11-05T10:00:00Z' FROM snapshot
                WHERE id = '\(id.hex)';
                UPDATE snapshot SET name = 'given here' WHERE id = '\(id.hex)';
                """)
            try fixture.library.catalogue.insert(
                ReplayRecord(
                    name: "r", snapshotID: id, createdAt: "2026-11-05T10:00:00Z", mode: .capsule, engineAddress: "x",
                    state: "running", capsuleContainer: "c", details: #"{"allowed":["privileged=."]}"#))
        }
        let before = try Data(contentsOf: URL(filePath: store.file("catalogue.sqlite")))
        let report = try store.rebuild()
        #expect(report.complaint == nil)
        #expect(report.problems == [])
        #expect(report.foreign.isEmpty)
        #expect(report.replays == 1)
        #expect(report.setAside?.lastComponent?.string == "catalogue.sqlite.replaced-1")
        let kept = try Data(contentsOf: URL(filePath: store.file("catalogue.sqlite.replaced-1")))
        #expect(kept == before)
        let library = try SnapshotLibrary(at: store.path)
        #expect(
            try library.snapshots()
                == store.rows.map { row in
                    guard row.createdAt == "2026-11-04T10:00:00Z" else { return row }
                    var row = row
                    row.name = "given here"
                    row.origin = SnapshotOrigin(kind: .pulled, source: "oci://x/y", receivedAt: "2026-11-05T10:00:00Z")
                    return row
                })
        #expect(try library.catalogue.replays().map(\.details) == [#"{"allowed":["privileged=."]}"#])
    }

    @Test func `what an interrupted rebuild left is no obstacle, and no catalogue`() throws {
        let store = try Store()
        try Data("half".utf8).write(to: URL(filePath: store.file("catalogue.sqlite.new")))
        try Data("half".utf8).write(to: URL(filePath: store.file("catalogue.sqlite.new-journal")))
        #expect(try SnapshotLibrary(at: store.path).snapshots().count == 3)
        #expect(try store.rebuild().problems == [])
        #expect(try Store.dump(store.path) == store.listing)
    }

    @Test func `a snapshot that lacks something is taken in, named, and can be removed`() throws {
        let store = try Store()
        try Tool.run("sh", "-ec", "cd '\(store.path)'; rm catalogue.sqlite; rm $(grep -l ESNPPACK blobs/sha256/*)")
        let report = try store.rebuild()
        #expect(report.snapshots == 3)
        #expect(report.problems.count == 2)
        #expect(report.problems.allSatisfy { $0.contains("not in the store") })
        let library = try SnapshotLibrary(at: store.path)
        #expect(!(try library.check(depth: .size).problems.isEmpty))
        for record in try library.snapshots() where record.name == nil { try library.remove(record) }
        #expect(try library.check(depth: .data).problems == [])
        #expect(try library.snapshots().map(\.name) == ["whole"])
    }

    @Test func `a damaged chunk is not taken, and those beside it are`() throws {
        let store = try Store()
        let pack = try Tool.run("sh", "-ec", "cd '\(store.path)'; grep -l ESNPPACK blobs/sha256/* | head -n 1")
            .trimmingCharacters(in: .whitespacesAndNewlines)
        try Tool.run("sh", "-ec", "cd '\(store.path)'; rm catalogue.sqlite; chmod u+w '\(pack)'")
        var bytes = try Array(Data(contentsOf: URL(filePath: store.file(pack))))
        bytes[1_000] ^= 0x40
        try Data(bytes).write(to: URL(filePath: store.file(pack)))
        let report = try store.rebuild()
        #expect(report.problems.contains { $0.contains("1 of its chunks are damaged") })
        #expect(report.problems.contains { $0.hasPrefix("snapshot ") })
        let library = try SnapshotLibrary(at: store.path)
        #expect(try library.snapshots().count == 3)
        // A capture of the same data stores the chunk anew.
        let transaction = try library.begin()
        let archive = try LibraryFixture.put(archive: LibraryFixture.noise(700_000), in: transaction)
        _ = try transaction.commit(LibraryFixture.document([archive], capturedAt: "2026-11-09T10:00:00Z"))
        let source = try library.openArchive(archive)
        var read: [UInt8] = []
        while let chunk = try source.readChunk() { read += chunk }
        #expect(read == LibraryFixture.noise(700_000))
    }

    @Test func `a damaged document stays where it is, and can be removed by its id`() throws {
        let store = try Store()
        let id = try #require(store.rows.first { $0.name == "whole" }).id
        try Tool.run(
            "sh", "-ec",
            "cd '\(store.path)'; rm catalogue.sqlite; f=snapshots/\(id.hex).json; chmod u+w $f; echo '{}' >$f")
        let report = try store.rebuild()
        #expect(report.snapshots == 2)
        #expect(report.problems.count == 1)
        #expect(report.problems[0].contains("envsnap rm \(id.short)"))
        #expect(FileManager.default.fileExists(atPath: store.file("snapshots/\(id.hex).json")))
        let library = try SnapshotLibrary(at: store.path)
        #expect(try library.strayDocument(id.short) == id)
        try library.removeStray(id)
        #expect(try library.strayDocument(id.short) == nil)
        #expect(try library.check(depth: .data).problems == [])
    }

    @Test func `of two with one name the older has it, and no id is a name`() throws {
        let fixture = try LibraryFixture()
        let first = try fixture.snapshot(["a"], name: "twice", capturedAt: "2026-11-01T10:00:00Z")
        try fixture.library.catalogue.deleteSnapshot(first)
        try fixture.snapshot(["b"], name: "twice", capturedAt: "2026-11-02T10:00:00Z")
        try fixture.snapshot(["c"], name: "cafe01", capturedAt: "2026-11-03T10:00:00Z")
        let path = fixture.folder.path("copy")
        try Tool.run("sh", "-ec", "cp -a '\(fixture.folder.path("store"))' '\(path)'; rm '\(path)/catalogue.sqlite'")
        let report = try SnapshotLibrary.rebuildCatalogue(at: FilePath(path), time: Self.time)
        #expect(report.problems == [])
        #expect(report.remarks.count == 2)
        let library = try SnapshotLibrary(at: FilePath(path))
        #expect(try library.snapshots().map(\.name) == [nil, nil, "twice"])
        #expect(try library.find("twice").id == first)
    }

    @Test func `nobody has the store open meanwhile, and a newer catalogue is left alone`() throws {
        let fixture = try LibraryFixture()
        try fixture.snapshot(["a"])
        let path = FilePath(fixture.folder.path("store"))
        let error = #expect(throws: ContentStoreError.self) {
            try SnapshotLibrary.rebuildCatalogue(at: path, time: Self.time)
        }
        #expect(error?.code == .locked)
        let store = try Store()
        try Tool.run("sqlite3", store.file("catalogue.sqlite"), "PRAGMA user_version = 99")
        let before = try Data(contentsOf: URL(filePath: store.file("catalogue.sqlite")))
        let newer = #expect(throws: CatalogueError.self) { try store.rebuild() }
        #expect(newer?.code == .newerVersion)
        #expect(try Data(contentsOf: URL(filePath: store.file("catalogue.sqlite"))) == before)
    }

    @Test(arguments: FormatVersionTests.versions) func `the catalogue of every format version is made anew`(
        _ version: Int
    ) throws {
        let folder = try TemporaryFolder()
        let path: FilePath
        do {
            let library = try FormatVersionTests.store(version, in: folder)
            path = library.folder
        }
        try FileManager.default.removeItem(atPath: path.appending("catalogue.sqlite").string)
        #expect(try SnapshotLibrary.rebuildCatalogue(at: path, time: Self.time).problems == [])
        let library = try SnapshotLibrary(at: path)
        #expect(try library.find("reference").origin?.kind == .rebuilt)
        #expect(try library.check(depth: .data).problems == [])
        #expect(try library.collectGarbage(isDryRun: false).blobs == 0)
    }
}
