// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Foundation
import OCI
import SystemPackage
import TestSupport
import Testing

@Suite struct OpeningTests {
    @Test func aNewCatalogueIsMarkedAndSafe() throws {
        let fixture = try CatalogueFixture()
        try fixture.insert(.sample("aaaa"))
        #expect(try sqlite(fixture.path, "PRAGMA application_id") == String(0x4553_4E50))
        #expect(try sqlite(fixture.path, "PRAGMA user_version") == String(CatalogueDatabase.schemaVersion))
        #expect(try sqlite(fixture.path, "PRAGMA journal_mode") == "delete")
        #expect(try sqlite(fixture.path, "PRAGMA integrity_check") == "ok")
        #expect(try sqlite(fixture.path, "PRAGMA foreign_key_check").isEmpty)
        let attributes = try FileManager.default.attributesOfItem(atPath: fixture.path.string)
        #expect(attributes[.posixPermissions] as? NSNumber == 0o600)
        #expect(try fixture.folder.names == ["catalogue.sqlite", "catalogue.sqlite.reserve"])
        try fixture.database.verify()
    }

    @Test func everyTableIsStrict() throws {
        let fixture = try CatalogueFixture()
        let lax = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND NOT strict AND name NOT LIKE 'sqlite_%'"
        #expect(try sqlite(fixture.path, lax).isEmpty)
    }

    @Test func isOpenedAgainWithItsContents() throws {
        let fixture = try CatalogueFixture()
        let snapshot = try SnapshotRecord.sample("aaaa", name: "first", tags: ["k": "v"])
        try fixture.insert(snapshot)
        try fixture.database.close()
        #expect(try CatalogueDatabase.open(at: fixture.path).snapshots() == [snapshot])
    }

    @Test func anEmptyFileBecomesACatalogue() throws {
        let folder = try TemporaryFolder()
        let path = folder.filePath("catalogue.sqlite")
        #expect(FileManager.default.createFile(atPath: path.string, contents: Data()))
        #expect(try CatalogueDatabase.open(at: path).snapshots().isEmpty)
    }

    @Test func aNewerOneIsRefusedAndNotTouched() throws {
        let folder = try TemporaryFolder()
        let path = folder.filePath("catalogue.sqlite")
        try sqlite(path, "PRAGMA application_id = \(0x4553_4E50); PRAGMA user_version = 99; CREATE TABLE future (x)")
        try Tool.run("chmod", "600", path.string)
        let before = try bytes(of: path)
        let error = #expect(throws: CatalogueError.self) { try CatalogueDatabase.open(at: path) }
        #expect(error?.code == .newerVersion)
        #expect(error?.message.contains("version 99") == true)
        #expect(error?.message.contains("upgrade envsnap") == true)
        #expect(try bytes(of: path) == before)
        #expect(try folder.names == ["catalogue.sqlite"])
    }

    @Test(arguments: [
        "CREATE TABLE other (x)",
        "PRAGMA application_id = 1",
        "PRAGMA user_version = 1",
        "PRAGMA application_id = 1196444487; CREATE TABLE gpkg (x)",
    ])
    func anotherProgramsIsRefusedAndNotTouched(_ sql: String) throws {
        let folder = try TemporaryFolder()
        let path = folder.filePath("catalogue.sqlite")
        try sqlite(path, sql)
        let before = try bytes(of: path)
        let error = #expect(throws: CatalogueError.self) { try CatalogueDatabase.open(at: path) }
        #expect(error?.code == .foreign)
        #expect(try bytes(of: path) == before)
    }

    @Test func aFileThatIsNoDatabaseIsDamaged() throws {
        let folder = try TemporaryFolder()
        let path = folder.filePath("catalogue.sqlite")
        try Data(repeating: 0x78, count: 8_192).write(to: URL(fileURLWithPath: path.string))
        let error = #expect(throws: CatalogueError.self) { try CatalogueDatabase.open(at: path) }
        #expect(error?.code == .damaged)
        #expect(error?.message.contains("envsnap check --rebuild") == true)
    }

    @Test(arguments: [
        "CREATE VIEW v AS WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n FROM r) SELECT n FROM r",
        "CREATE TRIGGER t AFTER INSERT ON snapshot BEGIN DELETE FROM blob; END",
        "CREATE TABLE more (x)",
        "DROP INDEX snapshot_by_time",
        "ALTER TABLE snapshot ADD COLUMN extra TEXT",
    ])
    func aForgedSchemaIsRefused(_ sql: String) throws {
        let fixture = try CatalogueFixture()
        try fixture.database.close()
        try sqlite(fixture.path, sql)
        let error = #expect(throws: CatalogueError.self) { try CatalogueDatabase.open(at: fixture.path) }
        #expect(error?.code == .damaged)
    }

    @Test func aSymbolicLinkIsNotFollowed() throws {
        let fixture = try CatalogueFixture()
        let link = fixture.folder.filePath("link.sqlite")
        try FileManager.default.createSymbolicLink(atPath: link.string, withDestinationPath: fixture.path.string)
        let error = #expect(throws: CatalogueError.self) { try CatalogueDatabase.open(at: link) }
        #expect(error?.code == .unsafe)
    }

    @Test func aFileThatOthersMayWriteIsRefused() throws {
        let fixture = try CatalogueFixture()
        try Tool.run("chmod", "660", fixture.path.string)
        let error = #expect(throws: CatalogueError.self) { try CatalogueDatabase.open(at: fixture.path) }
        #expect(error?.code == .unsafe)
        #expect(error?.message.contains("chmod 600") == true)
    }

    @Test(.enabled(if: getuid() == 0)) func aFileOfAnotherUserIsRefused() throws {
        let fixture = try CatalogueFixture()
        try Tool.run("chown", "12345", fixture.path.string)
        let error = #expect(throws: CatalogueError.self) { try CatalogueDatabase.open(at: fixture.path) }
        #expect(error?.code == .unsafe)
    }

    @Test func aFolderThatIsNotThereIsAnError() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: CatalogueError.self) {
            try CatalogueDatabase.open(at: folder.filePath("no/catalogue.sqlite"))
        }
        #expect(error?.code == .failed)
    }
}
