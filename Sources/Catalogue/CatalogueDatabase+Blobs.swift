// SPDX-License-Identifier: Apache-2.0

import GRDB
public import OCI

extension CatalogueDatabase {
    /// The blobs of some contents, by their uncompressed digests; those not known are left out.
    public func blobs(
        rawDigests: some Collection<Digest>
    ) throws(CatalogueError) -> [Digest: BlobRecord] {
        try read { db in
            var found: [Digest: BlobRecord] = [:]
            for digest in rawDigests { found[digest] = try BlobRecord.find(digest, db)?.record }
            return found
        }
    }

    /// The blobs that a snapshot needs; none when there is no such snapshot.
    public func blobs(of snapshot: Digest) throws(CatalogueError) -> [BlobRecord] {
        try read { db in
            try BlobRecord.fetch(
                db,
                """
                WHERE number IN (
                    SELECT blob FROM snapshot_blob
                    WHERE snapshot = (SELECT number FROM snapshot WHERE id = ?))
                """, [snapshot.hex])
        }
    }

    /// The blobs that a snapshot needs and no other snapshot does: what removing it would set free.
    public func blobs(onlyOf snapshot: Digest) throws(CatalogueError) -> [BlobRecord] {
        try read { db in
            try BlobRecord.fetch(
                db,
                """
                WHERE number IN (
                    SELECT blob FROM snapshot_blob AS own
                    WHERE snapshot = (SELECT number FROM snapshot WHERE id = ?)
                    AND NOT EXISTS (
                        SELECT 1 FROM snapshot_blob AS other
                        WHERE other.blob = own.blob AND other.snapshot <> own.snapshot))
                """, [snapshot.hex])
        }
    }

    /// All blobs.
    public func allBlobs() throws(CatalogueError) -> [BlobRecord] {
        try read { try BlobRecord.fetch($0) }
    }

    /// The blobs that no snapshot needs.
    public func unreferencedBlobs() throws(CatalogueError) -> [BlobRecord] {
        try read { try BlobRecord.fetch($0, Self.unreferenced) }
    }

    /// Removes from the catalogue the blobs that no snapshot needs and whose files are not to be kept, and gives them.
    ///
    /// For gc, under an exclusive lock on the store: the files are removed afterwards, unless `storedDigests()` still
    /// names them.
    public func deleteUnreferencedBlobs(keeping kept: Set<Digest> = []) throws(CatalogueError) -> [BlobRecord] {
        try writeRemoving { db in
            let blobs = try BlobRecord.fetch(db, Self.unreferenced).filter { !kept.contains($0.storedDigest) }
            let statement = try db.cachedStatement(sql: "DELETE FROM blob WHERE raw_digest = ?")
            for blob in blobs { try statement.execute(arguments: [blob.rawDigest.hex]) }
            return blobs
        }
    }

    /// The names of all files that the blobs of the catalogue need.
    public func storedDigests() throws(CatalogueError) -> Set<Digest> {
        try read { db in
            let cursor = try String.fetchCursor(db, sql: "SELECT stored_digest FROM blob")
            var digests: Set<Digest> = []
            while let hex = try cursor.next() { digests.insert(try Digest(hex: hex)) }
            return digests
        }
    }

    private static let unreferenced = "WHERE number NOT IN (SELECT blob FROM snapshot_blob)"
}
