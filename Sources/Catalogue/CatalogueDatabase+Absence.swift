// SPDX-License-Identifier: Apache-2.0

import GRDB
public import OCI

extension CatalogueDatabase {
    /// Runs a body unless the catalogue knows a snapshot, while nobody can add it.
    public func ifUnknown(_ id: Digest, _ body: () throws -> Void) throws(CatalogueError) {
        try write { db in
            let known = try Int.fetchOne(db, sql: "SELECT 1 FROM snapshot WHERE id = ?", arguments: [id.hex])
            if known == nil { try body() }
        }
    }
}
