// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Foundation
import OCI
import SystemPackage
import TestSupport
import Testing

@Suite struct ConcurrencyTests {
    @Test func severalWritersLoseNothing() async throws {
        let fixture = try CatalogueFixture()
        let path = fixture.path
        try await withThrowingTaskGroup { group in
            for writer in 0..<4 {
                group.addTask {
                    let database = try CatalogueDatabase.open(at: path, busyTimeout: .seconds(60))
                    for number in 0..<8 {
                        let blobs = [try blob("1"), try blob("2\(writer)\(number % 10)")]
                        _ = try database.insert(
                            .sample(String(0xa000 + writer * 100 + number, radix: 16)), adding: blobs,
                            referencing: Set(blobs.map(\.rawDigest)), isStored: { _ in true })
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try fixture.database.snapshots().count == 32)
        #expect(try fixture.database.allBlobs().count == 33)
        try fixture.database.verify()
    }

    @Test func severalMakeTheCatalogueAtTheSameTime() async throws {
        let folder = try TemporaryFolder()
        let path = folder.filePath("catalogue.sqlite")
        try await withThrowingTaskGroup { group in
            for _ in 0..<6 {
                group.addTask { _ = try CatalogueDatabase.open(at: path, busyTimeout: .seconds(60)).snapshots() }
            }
            try await group.waitForAll()
        }
        #expect(try sqlite(path, "PRAGMA integrity_check") == "ok")
    }

    /// The other process is `sqlite3`, which holds a write transaction until its input ends.
    @Test func anotherProcessThatWritesIsWaitedForAndThenNamed() throws {
        let fixture = try CatalogueFixture()
        try fixture.insert(.sample("aaaa"))
        let holder = Process()
        holder.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        holder.arguments = ["sqlite3", fixture.path.string]
        let input = Pipe()
        let output = Pipe()
        holder.standardInput = input
        holder.standardOutput = output
        try holder.run()
        try input.fileHandleForWriting.write(contentsOf: Data("BEGIN IMMEDIATE; SELECT 'held';\n".utf8))
        #expect(!output.fileHandleForReading.availableData.isEmpty)

        let impatient = try CatalogueDatabase.open(at: fixture.path, busyTimeout: .milliseconds(50))
        #expect(try impatient.snapshots().count == 1)
        let error = #expect(throws: CatalogueError.self) { try impatient.deleteSnapshot(digest("aaaa")) }
        #expect(error?.code == .locked)
        #expect(error?.message.contains("try again") == true)

        try input.fileHandleForWriting.close()
        holder.waitUntilExit()
        try impatient.deleteSnapshot(digest("aaaa"))
    }

    /// A writer that was killed leaves its journal behind; the next one rolls it back.
    @Test func aKilledWriterLeavesTheOldState() throws {
        let fixture = try CatalogueFixture()
        try fixture.insert(.sample("aaaa"))
        try fixture.database.close()
        let writer = Process()
        writer.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        writer.arguments = ["sqlite3", fixture.path.string]
        let input = Pipe()
        let output = Pipe()
        writer.standardInput = input
        writer.standardOutput = output
        try writer.run()
        // A cache of one page makes SQLite write into the file before the commit.
        let sql = """
            PRAGMA cache_size = 1; BEGIN; DELETE FROM snapshot;
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
            INSERT INTO blob (raw_digest, raw_size, stored_digest, stored_size, encoding)
            SELECT printf('%064x', i), 1, printf('%064x', i), 1, 'none' FROM n;
            SELECT 'written';

            """
        try input.fileHandleForWriting.write(contentsOf: Data(sql.utf8))
        #expect(!output.fileHandleForReading.availableData.isEmpty)
        kill(writer.processIdentifier, SIGKILL)
        writer.waitUntilExit()
        #expect(
            try fixture.folder.names == ["catalogue.sqlite", "catalogue.sqlite-journal", "catalogue.sqlite.reserve"])

        let database = try CatalogueDatabase.open(at: fixture.path)
        #expect(try database.snapshots().count == 1)
        #expect(try database.allBlobs().isEmpty)
        try database.verify()
    }
}
