// SPDX-License-Identifier: Apache-2.0

import GRDB
import OCI

extension BlobRecord {
    private static let columns = "number, raw_digest, raw_size, stored_digest, stored_size, encoding, kind"

    /// The blobs that the rest of a query selects.
    static func fetch(
        _ db: Database, _ condition: String = "", _ arguments: StatementArguments = []
    ) throws -> [BlobRecord] {
        let rows = try Row.fetchCursor(
            db, sql: "SELECT \(columns) FROM blob \(condition) ORDER BY number", arguments: arguments)
        var records: [BlobRecord] = []
        while let row = try rows.next() { try records.append(BlobRecord(row)) }
        return records
    }

    /// The blob of a content, with its number.
    static func find(_ rawDigest: Digest, _ db: Database) throws -> (number: Int64, record: BlobRecord)? {
        let statement = try db.cachedStatement(sql: "SELECT \(columns) FROM blob WHERE raw_digest = ?")
        guard let row = try Row.fetchOne(statement, arguments: [rawDigest.hex]) else { return nil }
        return (try row.read(0), try BlobRecord(row))
    }

    /// Adds a row, or replaces what the row of the same content says of the stored bytes.
    func upsert(_ db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO blob (raw_digest, raw_size, stored_digest, stored_size, encoding, kind)
                VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (raw_digest) DO UPDATE SET stored_digest = excluded.stored_digest,
                    stored_size = excluded.stored_size, encoding = excluded.encoding,
                    kind = coalesce(excluded.kind, kind)
                """
        ).execute(arguments: [rawDigest.hex, rawSize, storedDigest.hex, storedSize, encoding.rawValue, kind])
    }

    private init(_ row: Row) throws {
        let encoding: String = try row.read(5)
        try self.init(
            rawDigest: Digest(hex: row.read(1) as String), rawSize: row.read(2),
            storedDigest: Digest(hex: row.read(3) as String), storedSize: row.read(4),
            // The table's CHECK lets no other text in.
            encoding: BlobEncoding(rawValue: encoding) ?? .none, kind: row.read(6))
    }
}
