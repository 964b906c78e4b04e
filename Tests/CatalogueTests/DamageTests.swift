// SPDX-License-Identifier: Apache-2.0

import Foundation
import OCI
import SystemPackage
import TestSupport
import Testing

@testable import Catalogue

@Suite struct DamageTests {
    /// A closed catalogue of some hundred pages.
    private func filled() throws -> CatalogueFixture {
        let fixture = try CatalogueFixture()
        let blobs = try (0..<1_200).map { try blob(String(0x10000 + $0, radix: 16)) }
        try fixture.insert(.sample("aaaa"), blobs: blobs)
        try fixture.database.close()
        return fixture
    }

    private func overwrite(_ path: FilePath, at offset: Int, _ count: Int) throws {
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: path.string))
        defer { try? handle.close() }
        try handle.seek(toOffset: UInt64(offset))
        try handle.write(contentsOf: Data(repeating: 0xA5, count: count))
    }

    @Test func damagedPagesAreFoundWhenOpening() throws {
        let fixture = try filled()
        let pages = try bytes(of: fixture.path).count / 4_096
        #expect(pages > 50)
        for page in [1, 2, pages / 3, pages / 2, pages - 1] {
            let copy = fixture.folder.filePath("copy-\(page).sqlite")
            try Tool.run("cp", "-p", fixture.path.string, copy.string)
            try overwrite(copy, at: page * 4_096, 4_096)
            let error = #expect(throws: CatalogueError.self, "page \(page)") { try CatalogueDatabase.open(at: copy) }
            #expect(error?.code == .damaged)
            #expect(error?.message.contains("envsnap check --rebuild") == true)
        }
    }

    @Test func aDamagedHeaderIsFoundWhenOpening() throws {
        let fixture = try filled()
        try overwrite(fixture.path, at: 0, 16)
        let error = #expect(throws: CatalogueError.self) { try CatalogueDatabase.open(at: fixture.path) }
        #expect(error?.code == .damaged)
    }

    @Test func aTruncatedFileIsFoundWhenOpening() throws {
        let fixture = try filled()
        let size = try bytes(of: fixture.path).count
        try Tool.run("truncate", "-s", String(size / 2), fixture.path.string)
        let error = #expect(throws: CatalogueError.self) { try CatalogueDatabase.open(at: fixture.path) }
        #expect(error?.code == .damaged)
    }

    @Test func whatChangedSinceItWasFoundSoundIsCheckedAnew() throws {
        let fixture = try filled()
        let mark = fixture.folder.filePath("catalogue.sqlite.checked")
        try CatalogueDatabase.open(at: fixture.path).close()
        let noted = try bytes(of: mark)
        try CatalogueDatabase.open(at: fixture.path).close()
        #expect(try bytes(of: mark) == noted)
        try overwrite(fixture.path, at: 2 * 4_096, 4_096)
        for _ in 0..<2 {
            let error = #expect(throws: CatalogueError.self) { try CatalogueDatabase.open(at: fixture.path) }
            #expect(error?.code == .damaged)
        }
        #expect(try bytes(of: mark) == noted)
    }

    @Test func aMarkThatIsNoneIsNoObstacle() throws {
        let fixture = try filled()
        let mark = fixture.folder.filePath("catalogue.sqlite.checked")
        for content in ["rm -f \(mark)", "echo sound >\(mark)", "rm \(mark); mkdir \(mark)"] {
            try Tool.run("sh", "-c", content)
            try CatalogueDatabase.open(at: fixture.path).close()
        }
    }

    @Test func aRowWithoutItsOtherEndIsFoundByAFullCheck() throws {
        let fixture = try filled()
        try sqlite(fixture.path, "PRAGMA foreign_keys = OFF; DELETE FROM blob WHERE number = 7")
        let database = try CatalogueDatabase.open(at: fixture.path)
        let error = #expect(throws: CatalogueError.self) { try database.verify() }
        #expect(error?.code == .damaged)
    }

    /// What no document holds: where snapshots came from.
    ///
    /// The pages stay sound, and the file passes for checked.
    @Test(arguments: ["lost", "changed"]) func originsThatTheDiskLostOrChangedAreFound(_ what: String) throws {
        let fixture = try CatalogueFixture()
        var snapshot = try SnapshotRecord.sample("aaaa")
        snapshot.origin = SnapshotOrigin(kind: .imported, source: "a-bundle", receivedAt: "2026-11-23T10:00:00Z")
        try fixture.insert(snapshot)
        try fixture.database.close()
        var content = try bytes(of: fixture.path)
        func page(of table: String) throws -> Range<Int> {
            let root = try sqlite(fixture.path, "SELECT rootpage FROM sqlite_schema WHERE name = '\(table)'")
            let start = (try #require(Int(root)) - 1) * 4_096
            return start..<start + 4_096
        }
        let origins = try page(of: "snapshot_origin")
        if what == "lost" {
            content.replaceSubrange(origins, with: content[try page(of: "blob")])
        } else {
            let source = try #require(content.range(of: Data("a-bundle".utf8), in: origins))
            content[source.lowerBound] = UInt8(ascii: "b")
        }
        try content.write(to: URL(fileURLWithPath: fixture.path.string))
        try Tool.run("chmod", "600", fixture.path.string)
        try #require(CheckedMark(of: fixture.path)).note()
        let database = try CatalogueDatabase.open(at: fixture.path)
        let error = #expect(throws: CatalogueError.self) { try database.verify() }
        #expect(error?.code == .damaged)
        #expect(error?.message.contains("snapshot_origin_copy") == true, "\(error?.message ?? "")")
    }

    @Test func aDigestThatIsNoneIsFoundWhenRead() throws {
        let fixture = try filled()
        try sqlite(fixture.path, "UPDATE blob SET stored_digest = printf('%064s', '../x') WHERE number = 7")
        let database = try CatalogueDatabase.open(at: fixture.path)
        let error = #expect(throws: CatalogueError.self) { try database.allBlobs() }
        #expect(error?.code == .damaged)
    }

    /// The rows of another table, under which a page that was exchanged lies: no type, and not even the number of columns.
    @Test func aRowOfAnotherShapeIsAnErrorAndNotTheEndOfTheProgram() throws {
        var found = 0
        for table in ["snapshot", "blob", "snapshot_origin", "snapshot_tag", "snapshot_blob"] {
            for other in ["snapshot", "blob", "image", "snapshot_origin", "known_tree"] where other != table {
                let fixture = try filled()
                let pages = try ["table": table, "other": other].mapValues {
                    try sqlite(fixture.path, "SELECT rootpage FROM sqlite_schema WHERE name = '\($0)'")
                }
                try sqlite(
                    fixture.path,
                    """
                    INSERT INTO snapshot_tag SELECT number, 'k', 'v' FROM snapshot;
                    INSERT INTO snapshot_origin SELECT number, 'imported', 's', created_at FROM snapshot;
                    """)
                let content = try bytes(of: fixture.path)
                let from = (try #require(Int(pages["other"] ?? "")) - 1) * 4_096
                let to = (try #require(Int(pages["table"] ?? "")) - 1) * 4_096
                let handle = try FileHandle(forUpdating: URL(fileURLWithPath: fixture.path.string))
                try handle.seek(toOffset: UInt64(to))
                try handle.write(contentsOf: Data(content[from..<from + 4_096]))
                try handle.close()
                // As if the disk had changed it: the mark says that the file is sound.
                try #require(CheckedMark(of: fixture.path)).note()
                let database = try CatalogueDatabase.open(at: fixture.path)
                for ask in [
                    { _ = try database.snapshots() }, { _ = try database.allBlobs() }, { try database.verify() },
                ] {
                    do { try ask() } catch let error as CatalogueError {
                        #expect(error.code == .damaged)
                        found += 1
                    }
                }
            }
        }
        #expect(found > 30)
    }

    @Test func aDamagedOneIsSetAsideAndMadeAnew() throws {
        let fixture = try filled()
        try overwrite(fixture.path, at: 0, 16)
        try Data("journal".utf8).write(to: URL(fileURLWithPath: fixture.path.string + "-journal"))
        let aside = try CatalogueDatabase.setAside(fixture.path)
        #expect(aside == fixture.folder.filePath("catalogue.sqlite.damaged-1"))
        #expect(
            try fixture.folder.names == [
                "catalogue.sqlite.damaged-1", "catalogue.sqlite.damaged-1-journal", "catalogue.sqlite.reserve",
            ])
        #expect(try CatalogueDatabase.setAside(fixture.path) == nil)
        #expect(try CatalogueDatabase.open(at: fixture.path).snapshots().isEmpty)
        #expect(try CatalogueDatabase.setAside(fixture.path) == fixture.folder.filePath("catalogue.sqlite.damaged-2"))
    }
}
