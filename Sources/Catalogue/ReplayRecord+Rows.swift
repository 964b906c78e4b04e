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
        let mode: String = row[3]
        self.init(
            name: row[0], snapshotID: try Digest(hex: row[1] as String), createdAt: row[2],
            // The table's CHECK lets no other text in.
            mode: ReplayMode(rawValue: mode) ?? .direct, engineAddress: row[4], state: row[5],
            capsuleContainer: row[6], details: row[7])
    }
}
