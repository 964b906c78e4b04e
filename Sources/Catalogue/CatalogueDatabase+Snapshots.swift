// SPDX-License-Identifier: Apache-2.0

import GRDB
public import OCI

extension CatalogueDatabase {
    /// Puts a snapshot into the catalogue, with all that it needs, or nothing of it.
    ///
    /// `adding` holds the blobs that the catalogue may not know yet; a row of the same content is replaced.
    /// `referencing` holds the uncompressed digests of all blobs of the snapshot. `chunks` visits every chunk that it
    /// needs; their packs become blobs of the snapshot as well. `preparing` runs inside the transaction, while nobody can
    /// remove the snapshot's document, and `isStored` is asked there for each blob whether its file is in the store.
    public func insert(
        _ snapshot: SnapshotRecord, adding blobs: [BlobRecord], referencing references: Set<Digest>,
        chunks: (_ visit: (Digest) throws -> Void) throws -> Void = { _ in },
        images: [KnownImage] = [], preparing prepare: () throws -> Void = {}, isStored: (BlobRecord) throws -> Bool
    ) throws(CatalogueError) -> InsertOutcome {
        defer { reserve.make() }
        return try write { db in
            try prepare()
            for blob in blobs { try blob.upsert(db) }
            let present = try Int64.fetchOne(
                db, sql: "SELECT number FROM snapshot WHERE id = ?", arguments: [snapshot.id.hex])
            let number: Int64
            if let present {
                number = present
            } else {
                try requireFree(snapshot.name, db)
                number = try snapshot.insert(db)
            }
            var needed: Set<Int64> = []
            for reference in references.sorted() {
                needed.insert(try requireStored(BlobRecord.find(reference, db), reference, of: snapshot, isStored))
            }
            var packs: Set<Int64> = []
            try chunks { digest in
                guard let pack = try Self.pack(of: digest, db) else { throw Self.missing(digest, of: snapshot) }
                packs.insert(pack)
            }
            for pack in packs {
                for record in try BlobRecord.fetch(db, "WHERE number = ?", [pack]) {
                    needed.insert(try requireStored((pack, record), record.rawDigest, of: snapshot, isStored))
                }
            }
            for blob in needed.sorted() {
                try db.cachedStatement(sql: "INSERT OR IGNORE INTO snapshot_blob (snapshot, blob) VALUES (?, ?)")
                    .execute(arguments: [number, blob])
            }
            for image in images { try image.upsert(db) }
            return present == nil ? .inserted : .alreadyPresent
        }
    }

    /// The snapshot with an id.
    public func snapshot(_ id: Digest) throws(CatalogueError) -> SnapshotRecord? {
        try read { try SnapshotRecord.fetch($0, "WHERE id = ?", [id.hex]).first }
    }

    /// The snapshot for which a name stands.
    public func snapshot(named name: String) throws(CatalogueError) -> SnapshotRecord? {
        try read { try SnapshotRecord.fetch($0, "WHERE name = ?", [name]).first }
    }

    /// The snapshots whose ids begin with 4 or more hexadecimal digits.
    public func snapshots(prefix: String) throws(CatalogueError) -> PrefixMatch {
        let digits = prefix.utf8
        let isPrefix = digits.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
        guard isPrefix, (4...64).contains(digits.count) else { return .none }
        // A range is answered from the index of ids; `g` follows `f`.
        let found = try read { db in
            try SnapshotRecord.fetch(db, "WHERE id >= ? AND id < ?", [prefix, prefix + "g"])
        }
        guard let first = found.first else { return .none }
        return found.count == 1 ? .unique(first) : .ambiguous(found)
    }

    /// All snapshots, the newest first.
    public func snapshots() throws(CatalogueError) -> [SnapshotRecord] {
        try read { try SnapshotRecord.fetch($0) }
    }

    /// Removes a snapshot from the catalogue; its document and its blobs stay in the store.
    public func deleteSnapshot(_ id: Digest) throws(CatalogueError) {
        try writeRemoving { db in
            let replays = try String.fetchAll(
                db, sql: "SELECT name FROM replay WHERE snapshot_id = ? ORDER BY name", arguments: [id.hex])
            guard replays.isEmpty else {
                throw CatalogueError(
                    .inUse,
                    "snapshot \(id.short) is replayed as \(replays.joined(separator: ", ")): "
                        + "run 'envsnap down \(replays[0])' first")
            }
            try db.execute(sql: "DELETE FROM snapshot WHERE id = ?", arguments: [id.hex])
            guard db.changesCount == 1 else {
                throw CatalogueError(
                    .noSuchSnapshot, "there is no snapshot \(id.short) in the catalogue; 'envsnap ls' lists them")
            }
        }
    }

    private func requireFree(_ name: String?, _ db: Database) throws {
        guard let name else { return }
        let holder = try String.fetchOne(db, sql: "SELECT id FROM snapshot WHERE name = ?", arguments: [name])
        guard let holder else { return }
        throw CatalogueError(
            .nameTaken,
            "the name '\(name)' stands for snapshot \(holder.prefix(12)) already: choose another with --name, "
                + "or remove that snapshot with 'envsnap rm \(name)'")
    }

    /// The number of a blob that the catalogue knows and the store has.
    private func requireStored(
        _ found: (number: Int64, record: BlobRecord)?, _ reference: Digest, of snapshot: SnapshotRecord,
        _ isStored: (BlobRecord) throws -> Bool
    ) throws -> Int64 {
        guard let found, try isStored(found.record) else { throw Self.missing(reference, of: snapshot) }
        return found.number
    }

    private static func missing(_ reference: Digest, of snapshot: SnapshotRecord) -> CatalogueError {
        CatalogueError(
            .missingBlob,
            "\(reference), which snapshot \(snapshot.id.short) needs, is not in the store; nothing was recorded, "
                + "capture or import it again")
    }
}
