// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
public import OCI

extension CatalogueDatabase {
    /// Adds a pack with its chunks; of a chunk that another pack has, the row stays as it is.
    public func insert(pack: BlobRecord, chunks: [ChunkRecord]) throws(CatalogueError) {
        try write { db in
            try pack.upsert(db)
            guard let number = try BlobRecord.find(pack.rawDigest, db)?.number else { return }
            let statement = try db.cachedStatement(
                sql: """
                    INSERT OR IGNORE INTO chunk (digest, pack, stored_offset, stored_size, size) VALUES (?, ?, ?, ?, ?)
                    """)
            for chunk in chunks {
                try statement.execute(
                    arguments: [chunk.digest.data, number, chunk.storedOffset, chunk.storedSize, chunk.size])
            }
        }
    }

    /// Where some chunks lie; those not known are left out.
    public func chunks(_ digests: some Collection<Digest>) throws(CatalogueError) -> [Digest: ChunkPlace] {
        try read { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT blob.stored_digest, stored_offset, chunk.stored_size, size
                    FROM chunk JOIN blob ON blob.number = pack WHERE digest = ?
                    """)
            var places: [Digest: ChunkPlace] = [:]
            for digest in digests {
                guard let row = try Row.fetchOne(statement, arguments: [digest.data]) else { continue }
                places[digest] = try ChunkPlace(
                    pack: Digest(hex: row.read(0) as String),
                    chunk: ChunkRecord(
                        digest: digest, storedOffset: row.read(1), storedSize: row.read(2), size: row.read(3)))
            }
            return places
        }
    }

    /// The chunks for which the catalogue names a pack, in the order in which they lie in it.
    public func chunks(inPack pack: Digest) throws(CatalogueError) -> [ChunkRecord] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT digest, stored_offset, stored_size, size FROM chunk
                    WHERE pack = (SELECT number FROM blob WHERE raw_digest = ?) ORDER BY stored_offset
                    """, arguments: [pack.hex]
            ).map { row in
                try ChunkRecord(
                    digest: Digest(sha256: row.read(0) as Data), storedOffset: row.read(1), storedSize: row.read(2),
                    size: row.read(3))
            }
        }
    }

    /// The number of the pack of a chunk; nil where the catalogue does not know it.
    static func pack(of digest: Digest, _ db: Database) throws -> Int64? {
        try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT pack FROM chunk WHERE digest = ?"), arguments: [digest.data])
    }
}

extension Digest {
    /// The bytes as SQLite keeps them.
    var data: Data { Data(bytes) }
}
