// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Foundation
import SystemPackage
import TestSupport
import Testing

/// What a completion opens: nothing is made and nothing changed.
@Suite struct ReadingTests {
    @Test func whatIsThereIsRead() throws {
        let fixture = try CatalogueFixture()
        let snapshot = try SnapshotRecord.sample("aaaa", name: "first")
        try fixture.insert(snapshot)
        let reading = try #require(try CatalogueDatabase.openForReading(at: fixture.path))
        #expect(try reading.snapshots() == [snapshot])
        #expect(throws: CatalogueError.self) {
            try reading.insert(
                .sample("bbbb"), adding: [], referencing: [], images: [], isStored: { _ in true })
        }
    }

    @Test func noneIsMade() throws {
        let folder = try TemporaryFolder()
        #expect(try CatalogueDatabase.openForReading(at: folder.filePath("catalogue.sqlite")) == nil)
        #expect(try folder.names.isEmpty)
    }

    @Test func anEmptyOneIsNotFilled() throws {
        let folder = try TemporaryFolder()
        let path = folder.filePath("catalogue.sqlite")
        #expect(FileManager.default.createFile(atPath: path.string, contents: Data()))
        try Tool.run("chmod", "600", path.string)
        #expect(try CatalogueDatabase.openForReading(at: path) == nil)
        #expect(try bytes(of: path).isEmpty)
    }

    @Test func anotherProgramsIsRefused() throws {
        let folder = try TemporaryFolder()
        let path = folder.filePath("catalogue.sqlite")
        try sqlite(path, "CREATE TABLE other (x)")
        try Tool.run("chmod", "600", path.string)
        #expect(throws: CatalogueError.self) { try CatalogueDatabase.openForReading(at: path) }
    }
}
