// SPDX-License-Identifier: Apache-2.0

import GRDB
import OCI

extension ReplayRecord {
    /// The replays that a condition selects, the newest first.
    static func fetch(
        _ db: Database, _ condition: String = "", _ arguments: StatementArguments = []
    ) throws -> [ReplayRecord] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT name, snapshot_id, created_at, mode, engine_address, state, capsule_container, details
                FROM replay \(condition) ORDER BY created_at DESC, name
                """, arguments: arguments
        ).map { try ReplayRecord($0) }
    }

    /// The values of all columns but the name, in the table's order.
    var values: StatementArguments {
        [
            snapshotID.hex, createdAt, mode.rawValue, engineAddress, state, capsuleContainer, details,
        ]
    }

    private init(_ row: Row) throws {
        let mode: String = try row.read(3)
        try self.init(
            name: row.read(0), snapshotID: Digest(hex: row.read(1) as String), createdAt: row.read(2),
            // The table's CHECK lets no other text in.
            mode: ReplayMode(rawValue: mode) ?? .direct, engineAddress: row.read(4), state: row.read(5),
            capsuleContainer: row.read(6), details: row.read(7))
    }
}
