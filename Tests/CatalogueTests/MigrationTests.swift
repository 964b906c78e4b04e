// SPDX-License-Identifier: Apache-2.0

import CatalogueSchema
import Foundation
import GRDB
import OCI
import SystemPackage
import TestSupport
import Testing

@testable import Catalogue

@Suite struct MigrationTests {
    static let schemaFolder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("schema")

    /// Released migrations never change: catalogues of their version are compared with their text.
    static let released = [
        "v0001_catalogue.sql": "7a7896b6a75cd5dc6777505696e6fde5f1ff4bff793fbc71fe58616f74239b94",
        "v0002_chunks.sql": "d1e9bfef9a989ac654ccd7ea829c072f319f71c246548afb5728e9deba6efc3b",
        "v0003_known.sql": "44f130aceffd3c3961dd29329cf14616bd7576caf64d8e7ccaf7f67363d0f12b",
        "v0004_snapshot_origin.sql": "df760df6a3c269933760effed0ab6c2da678bb0f1caa0a96ed186f7a50bcb05d",
        "v0005_rebuilt_origin.sql": "7c8a77b7b7dd3b3ff23e3944e4764cca12ad2da304f1ab7ec0d4cc99fba8fcf6",
        "v0006_origin_copy.sql": "12603ed16294b7c3ee97a615efcb2566de549859f96ce561d57a06c6c9770f3e",
    ]

    @Test func releasedFilesAreAsTheyWere() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.schemaFolder.path)
            .filter { $0.hasPrefix("v") && $0.hasSuffix(".sql") }
        #expect(files.sorted() == Self.released.keys.sorted())
        for file in files {
            let sum = try Tool.run("sha256sum", Self.schemaFolder.appendingPathComponent(file).path).prefix(64)
            #expect(sum == Self.released[file] ?? "", "\(file) has SHA-256 \(sum)")
        }
    }

    @Test func nothingThatIsAskedChangesTheSchemaTable() throws {
        let fixture = try CatalogueFixture()
        #expect(throws: CatalogueError.self) {
            try fixture.database.write { db in
                try db.execute(sql: "PRAGMA writable_schema = ON")
                try db.execute(sql: "UPDATE sqlite_schema SET sql = NULL WHERE name = 'blob'")
            }
        }
        try fixture.database.verify()
    }

    @Test func migrationsAreNumberedFromOne() {
        let migrations = CatalogueSchema.migrations
        #expect(migrations.map(\.version) == Array(1...migrations.count))
        #expect(migrations.count == Self.released.count)
    }

    @Test func theSchemaIsTheGoldenOne() throws {
        let fixture = try CatalogueFixture()
        let statements = try fixture.database.queue.read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT sql || ';' FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY tbl_name, type DESC, name
                    """)
        }
        let head = """
            -- The catalogue's schema after all migrations, as SQLite keeps it. Compared by MigrationTests.swift.
            PRAGMA application_id = \(CatalogueDatabase.applicationID);
            PRAGMA user_version = \(CatalogueDatabase.schemaVersion);
            """
        let text = ([head] + statements).joined(separator: "\n\n") + "\n"
        let golden = Self.schemaFolder.appendingPathComponent("catalogue.golden.sql")
        #expect(try String(contentsOf: golden, encoding: .utf8) == text, "the golden text is now:\n\(text)")
    }

    @Test func theGoldenTextIsSQLThatMakesACatalogue() throws {
        let folder = try TemporaryFolder()
        let path = folder.filePath("catalogue.sqlite")
        let golden = Self.schemaFolder.appendingPathComponent("catalogue.golden.sql")
        try sqlite(path, ".read '\(golden.path)'")
        try Tool.run("chmod", "600", path.string)
        // The order of the tables is not part of the schema.
        #expect(try CatalogueDatabase.open(at: path).snapshots().isEmpty)
    }

    static let next = Migration(
        version: CatalogueSchema.migrations.count + 1, sql: "ALTER TABLE snapshot ADD COLUMN note TEXT;")

    @Test func aCatalogueOfVersion1IsMigrated() throws {
        let folder = try TemporaryFolder()
        let path = folder.filePath("catalogue.sqlite")
        let first = Array(CatalogueSchema.migrations.prefix(1))
        let old = try CatalogueDatabase.open(at: path, busyTimeout: .seconds(1), migrations: first)
        let snapshot = try SnapshotRecord.sample("aaaa", name: "kept", tags: ["a": "b"])
        let blobs = [try blob("1"), try blob("2")]
        _ = try old.insert(
            snapshot, adding: blobs, referencing: Set(blobs.map(\.rawDigest)), isStored: { _ in true })
        try old.close()

        let new = try CatalogueDatabase.open(at: path)
        #expect(try new.snapshots() == [snapshot])
        #expect(try new.blobs(of: snapshot.id) == blobs)
        let pack = BlobRecord(uncompressed: try digest("3"), size: 100, kind: "pack")
        try new.insert(
            pack: pack, chunks: [ChunkRecord(digest: digest("c"), storedOffset: 0, storedSize: 10, size: 20)])
        #expect(try new.chunks([digest("c")]).count == 1)
        try new.verify()
        #expect(try sqlite(folder.filePath("catalogue.sqlite.v1.backup"), "PRAGMA user_version") == "1")
    }

    @Test func anOlderCatalogueIsCopiedAndMigrated() throws {
        let fixture = try CatalogueFixture()
        let snapshot = try SnapshotRecord.sample("aaaa", name: "kept")
        try fixture.insert(snapshot)
        try fixture.database.close()

        let migrated = try CatalogueDatabase.open(
            at: fixture.path, busyTimeout: .seconds(1), migrations: CatalogueSchema.migrations + [Self.next])
        #expect(try migrated.snapshots() == [snapshot])
        #expect(try sqlite(fixture.path, "PRAGMA user_version") == String(Self.next.version))
        #expect(
            try sqlite(fixture.path, "SELECT count(*) FROM pragma_table_info('snapshot') WHERE name = 'note'") == "1")
        try migrated.close()

        let backup = fixture.folder.filePath("catalogue.sqlite.v\(Self.next.version - 1).backup")
        #expect(try CatalogueDatabase.open(at: backup).snapshots() == [snapshot])
        let error = #expect(throws: CatalogueError.self) { try CatalogueDatabase.open(at: fixture.path) }
        #expect(error?.code == .newerVersion)
    }

    @Test(arguments: [
        "ALTER TABLE snapshot ADD COLUMN note TEXT; CREATE TABLE snapshot (x);",
        "CREATE TABLE extra (x INTEGER REFERENCES snapshot (number)) STRICT; PRAGMA defer_foreign_keys = ON; "
            + "INSERT INTO extra VALUES (77);",
    ])
    func aFailedMigrationLeavesTheOldCatalogue(_ sql: String) throws {
        let fixture = try CatalogueFixture()
        let snapshot = try SnapshotRecord.sample("aaaa", name: "kept")
        try fixture.insert(snapshot)
        try fixture.database.close()
        let error = #expect(throws: CatalogueError.self) {
            try CatalogueDatabase.open(
                at: fixture.path, busyTimeout: .seconds(1),
                migrations: CatalogueSchema.migrations + [Migration(version: Self.next.version, sql: sql)])
        }
        let old = try CatalogueDatabase.open(at: fixture.path)
        #expect(try old.snapshots() == [snapshot])
        try old.close()
        let backup = fixture.folder.filePath("catalogue.sqlite.v\(Self.next.version - 1).backup")
        #expect(error?.message.contains(backup.string) == true)
        #expect(try sqlite(backup, "SELECT name FROM snapshot") == "kept")
        // The next attempt replaces the copy of the first.
        _ = try CatalogueDatabase.open(
            at: fixture.path, busyTimeout: .seconds(1), migrations: CatalogueSchema.migrations + [Self.next])
    }

    @Test func severalMigrationsAreMadeOrNone() throws {
        let folder = try TemporaryFolder()
        let path = folder.filePath("catalogue.sqlite")
        try CatalogueDatabase.open(
            at: path, busyTimeout: .seconds(1), migrations: Array(CatalogueSchema.migrations.prefix(2))
        ).close()
        let broken = Migration(version: Self.next.version, sql: "CREATE TABLE snapshot (x);")
        #expect(throws: CatalogueError.self) {
            try CatalogueDatabase.open(
                at: path, busyTimeout: .seconds(1), migrations: CatalogueSchema.migrations + [broken])
        }
        // An envsnap of its version goes on with it.
        #expect(try sqlite(path, "PRAGMA user_version") == "2")
        try CatalogueDatabase.open(
            at: path, busyTimeout: .seconds(1), migrations: Array(CatalogueSchema.migrations.prefix(2))
        ).close()
    }

    @Test func theCopyStaysUntilTheNextMigration() throws {
        let folder = try TemporaryFolder()
        let path = folder.filePath("catalogue.sqlite")
        for version in [1, 2, 4] {
            try CatalogueDatabase.open(
                at: path, busyTimeout: .seconds(1), migrations: Array(CatalogueSchema.migrations.prefix(version))
            ).close()
            let backups = try folder.names.filter { $0.contains("backup") }
            switch version {
            case 1: #expect(backups.isEmpty)
            case 2: #expect(backups == ["catalogue.sqlite.v1.backup"])
            default: #expect(backups == ["catalogue.sqlite.v2.backup"])
            }
        }
        // What a copy that was cut off left is no obstacle.
        try Data("half".utf8).write(to: URL(fileURLWithPath: folder.filePath("catalogue.sqlite.v4.backup.new").string))
        try CatalogueDatabase.open(at: path).close()
        #expect(try folder.names.filter { $0.contains("backup") } == ["catalogue.sqlite.v4.backup"])
        #expect(try sqlite(folder.filePath("catalogue.sqlite.v4.backup"), "PRAGMA user_version") == "4")
    }

    @Test(
        arguments: [
            (4, .pulled, "pulledoci://x2026-11-23T10:00:00Z"), (5, .rebuilt, "rebuiltoci://x2026-11-23T10:00:00Z"),
        ] as [(Int, SnapshotOrigin.Kind, String)])
    func originsOfOlderVersionsAreKeptAndThenThereTwice(
        _ version: Int, _ kind: SnapshotOrigin.Kind, _ expected: String
    ) throws {
        let folder = try TemporaryFolder()
        let path = folder.filePath("catalogue.sqlite")
        let old = try CatalogueDatabase.open(
            at: path, busyTimeout: .seconds(1), migrations: Array(CatalogueSchema.migrations.prefix(version)))
        var snapshot = try SnapshotRecord.sample("aaaa")
        snapshot.origin = SnapshotOrigin(kind: kind, source: "oci://x", receivedAt: "2026-11-23T10:00:00Z")
        _ = try old.insert(snapshot, adding: [], referencing: [], isStored: { _ in true })
        try old.close()
        let new = try CatalogueDatabase.open(at: path)
        #expect(try new.snapshots() == [snapshot])
        try new.verify()
        let copy = try sqlite(
            path, "SELECT kind || source || received_at FROM snapshot_origin INDEXED BY snapshot_origin_copy")
        #expect(copy == expected)
        try new.deleteSnapshot(snapshot.id)
        #expect(try sqlite(path, "SELECT count(*) FROM snapshot_origin") == "0")
    }

    @Test func aCatalogueBeforeOriginsKnowsItsSnapshotsAsCapturedHere() throws {
        let folder = try TemporaryFolder()
        let path = folder.filePath("catalogue.sqlite")
        let old = try CatalogueDatabase.open(
            at: path, busyTimeout: .seconds(1), migrations: Array(CatalogueSchema.migrations.prefix(1)))
        try old.close()
        try sqlite(
            path,
            """
            INSERT INTO snapshot VALUES (1, '\(digest("aaaa").hex)', 'old', NULL, '2026-11-23T10:00:00Z', 'seed', 1, 1, 0,
            0, 0, 0, 0)
            """)
        let migrated = try CatalogueDatabase.open(at: path)
        #expect(try migrated.snapshots().map(\.name) == ["old"])
        #expect(try migrated.snapshot(named: "old")?.origin == nil)
    }
}
