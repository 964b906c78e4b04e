// SPDX-License-Identifier: Apache-2.0

import CatalogueSchema
import GRDB
import SystemPackage

/// Brings a catalogue to the version of this program.
struct Migrator {
    let migrations: [Migration]

    /// The version after all migrations.
    var latest: Int { migrations.last?.version ?? 0 }

    /// Runs the migrations that the catalogue lacks, all or none, after a copy of one that has something in it.
    ///
    /// - Throws: `CatalogueError`; then the catalogue is as it was, and the message names the copy.
    func migrate(_ queue: DatabaseQueue, from version: Int, at path: FilePath) throws {
        guard version < latest else { return }
        let backup = version > 0 ? try backUp(queue, version, at: path) : nil
        do {
            try queue.writeWithoutTransaction { db in
                try db.inTransaction(.immediate) {
                    for migration in migrations { try Self.run(migration, in: db) }
                    return .commit
                }
            }
        } catch {
            guard let backup else { throw error }
            let reason = CatalogueError.wrapping(error, "migrate", path)
            throw CatalogueError(
                reason.code,
                "the catalogue could not be brought from version \(version) to \(latest), and is as it was: "
                    + "\(reason.message); a copy of it is \(backup)", cause: error)
        }
    }

    /// The copy of a catalogue of an older version.
    static func backup(of path: FilePath, version: Int) -> FilePath {
        path.appendingToName(".v\(version).backup")
    }

    /// The text of a database's schema, as SQLite keeps it.
    static func schemaText(_ db: Database) throws -> String {
        try String.fetchAll(
            db,
            sql: """
                SELECT type || ' ' || name || ' on ' || tbl_name || ': ' || coalesce(sql, '') FROM sqlite_schema
                ORDER BY type, name
                """
        ).joined(separator: "\n")
    }

    /// The text that the schema of a catalogue of some version has.
    func expectedSchemaText(of version: Int) throws -> String {
        let queue = try DatabaseQueue()
        return try queue.writeWithoutTransaction { db in
            for migration in migrations where migration.version <= version { try db.execute(sql: migration.sql) }
            return try Self.schemaText(db)
        }
    }

    /// `VACUUM INTO` sees one state of the database, whoever else writes meanwhile, and waits for no disk.
    ///
    /// The copy of an earlier migration goes when this one is on the disk.
    private func backUp(_ queue: DatabaseQueue, _ version: Int, at path: FilePath) throws -> FilePath {
        let backup = Self.backup(of: path, version: version)
        let draft = backup.appendingToName(".new")
        try CatalogueFile.remove(draft)
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "VACUUM INTO ?", arguments: [draft.string])
        }
        try CatalogueFile.restrict(draft)
        try CatalogueFile.publish(draft, at: backup)
        for earlier in 1..<max(version, 2) where earlier != version {
            try CatalogueFile.remove(Self.backup(of: path, version: earlier))
        }
        return backup
    }

    private static func run(_ migration: Migration, in db: Database) throws {
        // Another process may have migrated while this one waited for the lock.
        guard try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0 < migration.version else { return }
        try db.execute(sql: migration.sql)
        try db.checkForeignKeys()
        try db.execute(sql: "PRAGMA application_id = \(CatalogueDatabase.applicationID)")
        try db.execute(sql: "PRAGMA user_version = \(migration.version)")
    }
}
