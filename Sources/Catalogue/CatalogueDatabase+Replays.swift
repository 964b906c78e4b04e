// SPDX-License-Identifier: Apache-2.0

import GRDB
public import OCI

extension CatalogueDatabase {
    /// Adds a replay of a snapshot that the catalogue knows.
    public func insert(_ replay: ReplayRecord) throws(CatalogueError) {
        try write { db in
            guard try ReplayRecord.fetch(db, "WHERE name = ?", [replay.name]).isEmpty else {
                throw CatalogueError(
                    .nameTaken,
                    "there is a replay named '\(replay.name)' already: choose another with --as, "
                        + "or remove it with 'envsnap down \(replay.name)'")
            }
            try requireSound(replay, db)
            try db.execute(
                sql: """
                    INSERT INTO replay (name, snapshot_id, created_at, mode, engine_address, state,
                        capsule_container, details)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """, arguments: [replay.name] + replay.values)
        }
    }

    /// Replaces all that is said of a replay.
    public func update(_ replay: ReplayRecord) throws(CatalogueError) {
        try write { db in
            try requireSound(replay, db)
            try db.execute(
                sql: """
                    UPDATE replay SET snapshot_id = ?, created_at = ?, mode = ?, engine_address = ?, state = ?,
                        capsule_container = ?, details = ?
                    WHERE name = ?
                    """, arguments: replay.values + [replay.name])
            guard db.changesCount == 1 else { throw Self.noReplay(replay.name) }
        }
    }

    /// The replay with a name.
    public func replay(named name: String) throws(CatalogueError) -> ReplayRecord? {
        try read { try ReplayRecord.fetch($0, "WHERE name = ?", [name]).first }
    }

    /// All replays, the newest first.
    public func replays() throws(CatalogueError) -> [ReplayRecord] {
        try read { try ReplayRecord.fetch($0) }
    }

    /// The replays of a snapshot, the newest first.
    public func replays(of snapshot: Digest) throws(CatalogueError) -> [ReplayRecord] {
        try read { try ReplayRecord.fetch($0, "WHERE snapshot_id = ?", [snapshot.hex]) }
    }

    /// Forgets a replay.
    public func deleteReplay(named name: String) throws(CatalogueError) {
        try writeRemoving { db in
            try db.execute(sql: "DELETE FROM replay WHERE name = ?", arguments: [name])
            guard db.changesCount == 1 else { throw Self.noReplay(name) }
        }
    }

    private static func noReplay(_ name: String) -> CatalogueError {
        CatalogueError(.noSuchReplay, "there is no replay named '\(name)'; 'envsnap ps' lists them")
    }

    /// Refuses a replay of an unknown snapshot, and details that are not JSON.
    private func requireSound(_ replay: ReplayRecord, _ db: Database) throws {
        let id = replay.snapshotID
        guard try Int.fetchOne(db, sql: "SELECT 1 FROM snapshot WHERE id = ?", arguments: [id.hex]) != nil else {
            throw CatalogueError(
                .noSuchSnapshot, "there is no snapshot \(id.short) in the catalogue; 'envsnap ls' lists them")
        }
        guard try Bool.fetchOne(db, sql: "SELECT json_valid(?)", arguments: [replay.details]) == true else {
            throw CatalogueError(.failed, "the details of replay '\(replay.name)' are not JSON; nothing was recorded")
        }
    }
}
