// SPDX-License-Identifier: Apache-2.0

import GRDB
import OCI

extension SnapshotRecord {
    private static let columns = """
        number, id, name, message, created_at, project, complete, document_size, host_count, container_count, \
        volume_count, image_count, raw_size
        """

    /// The snapshots that a condition selects, the newest first.
    static func fetch(
        _ db: Database, _ condition: String = "", _ arguments: StatementArguments = []
    ) throws -> [SnapshotRecord] {
        let tags = try fetchTags(db, condition, arguments)
        let origins = try SnapshotOrigin.fetch(db, condition, arguments)
        let rows = try Row.fetchCursor(
            db, sql: "SELECT \(columns) FROM snapshot \(condition) ORDER BY created_at DESC, number DESC",
            arguments: arguments)
        var records: [SnapshotRecord] = []
        while let row = try rows.next() { try records.append(SnapshotRecord(row, tags, origins)) }
        return records
    }

    /// Adds a row with the record's values, and gives its number.
    func insert(_ db: Database) throws -> Int64 {
        try db.execute(
            sql: """
                INSERT INTO snapshot (id, name, message, created_at, project, complete, document_size, host_count,
                    container_count, volume_count, image_count, raw_size)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                id.hex, name, message, createdAt, project, isComplete, documentSize, hostCount, containerCount,
                volumeCount, imageCount, rawSize,
            ])
        let number = db.lastInsertedRowID
        for (key, value) in tags {
            try db.execute(
                sql: "INSERT INTO snapshot_tag (snapshot, key, value) VALUES (?, ?, ?)",
                arguments: [number, key, value])
        }
        try origin?.insert(db, of: number)
        return number
    }

    private init(_ row: Row, _ tags: [Int64: [String: String]], _ origins: [Int64: SnapshotOrigin]) throws {
        let number: Int64 = try row.read(0)
        try self.init(
            id: Digest(hex: row.read(1) as String), name: row.read(2), message: row.read(3), createdAt: row.read(4),
            project: row.read(5), isComplete: row.read(6), documentSize: row.read(7), hostCount: row.read(8),
            containerCount: row.read(9), volumeCount: row.read(10), imageCount: row.read(11), rawSize: row.read(12),
            tags: tags[number] ?? [:], origin: origins[number])
    }

    private static func fetchTags(
        _ db: Database, _ condition: String, _ arguments: StatementArguments
    ) throws -> [Int64: [String: String]] {
        let selected = condition.isEmpty ? "" : "WHERE snapshot IN (SELECT number FROM snapshot \(condition))"
        let rows = try Row.fetchCursor(
            db, sql: "SELECT snapshot, key, value FROM snapshot_tag \(selected)", arguments: arguments)
        var tags: [Int64: [String: String]] = [:]
        while let row = try rows.next() {
            let (snapshot, key): (Int64, String) = (try row.read(0), try row.read(1))
            tags[snapshot, default: [:]][key] = try row.read(2) as String
        }
        return tags
    }
}
