// SPDX-License-Identifier: Apache-2.0

import GRDB

extension SnapshotOrigin {
    /// The origins of the snapshots that a condition selects, by the snapshot's number.
    static func fetch(
        _ db: Database, _ condition: String, _ arguments: StatementArguments
    ) throws -> [Int64: SnapshotOrigin] {
        let selected = condition.isEmpty ? "" : "WHERE snapshot IN (SELECT number FROM snapshot \(condition))"
        let rows = try Row.fetchCursor(
            db, sql: "SELECT snapshot, kind, source, received_at FROM snapshot_origin \(selected)",
            arguments: arguments)
        var origins: [Int64: SnapshotOrigin] = [:]
        while let row = try rows.next() {
            // The table's CHECK lets no other text in.
            let kind = Kind(rawValue: try row.read(1) as String) ?? .imported
            origins[try row.read(0)] = try SnapshotOrigin(kind: kind, source: row.read(2), receivedAt: row.read(3))
        }
        return origins
    }

    /// Adds the row of a snapshot.
    func insert(_ db: Database, of snapshot: Int64) throws {
        try db.execute(
            sql: "INSERT INTO snapshot_origin (snapshot, kind, source, received_at) VALUES (?, ?, ?, ?)",
            arguments: [snapshot, kind.rawValue, source, receivedAt])
    }
}
