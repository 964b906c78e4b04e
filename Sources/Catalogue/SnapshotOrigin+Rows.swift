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
            let kind = Kind(rawValue: row[1] as String) ?? .imported
            origins[row[0]] = SnapshotOrigin(kind: kind, source: row[2], receivedAt: row[3])
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
