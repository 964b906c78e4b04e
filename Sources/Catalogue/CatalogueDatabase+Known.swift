// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
public import OCI

extension CatalogueDatabase {
    /// How far the clock may be set back before nothing known is believed any more, in milliseconds.
    private static let clockTolerance: Int64 = 1000

    /// Makes what is known valid for a boot and a clock: forgets all of it where they are other ones.
    public func beginKnown(boot: String, clock: Int64) throws(CatalogueError) {
        try write { db in
            let row = try Row.fetchOne(db, sql: "SELECT boot, clock FROM known_epoch")
            let known: (boot: String, clock: Int64)? = try row.map { (try $0.read(0), try $0.read(1)) }
            let isSame = known.map { $0.boot == boot && clock >= $0.clock - Self.clockTolerance } ?? false
            if !isSame {
                for table in ["known_tree", "known_file"] { try db.execute(sql: "DELETE FROM \(table)") }
            }
            let latest = isSame ? max(clock, known?.clock ?? clock) : clock
            try db.execute(
                sql: "INSERT OR REPLACE INTO known_epoch (one, boot, clock) VALUES (1, ?, ?)",
                arguments: [boot, latest])
        }
    }

    /// What is known of a tree.
    public func knownTree(_ key: Digest) throws(CatalogueError) -> KnownTree? {
        try read { db in
            let row = try Row.fetchOne(
                db, sql: "SELECT survey, list, size, entries, content_bytes, sockets FROM known_tree WHERE key = ?",
                arguments: [key.data])
            return try row.map { row in
                try KnownTree(
                    key: key, survey: Digest(sha256: row.read(0) as Data), list: Digest(sha256: row.read(1) as Data),
                    size: row.read(2), entries: row.read(3), contentBytes: row.read(4),
                    sockets: (row.read(5) as Data).split(separator: 0).map { Array($0) })
            }
        }
    }

    /// What is known of the files in a range of inodes whose bounds have the same topmost bit.
    public func knownFiles(
        filesystem: UInt64, inodes: ClosedRange<UInt64>
    ) throws(CatalogueError) -> [KnownFile] {
        try read { db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT inode, version, chunks FROM known_file WHERE filesystem = ? AND inode BETWEEN ? AND ?
                        """),
                arguments: [
                    Int64(bitPattern: filesystem), Int64(bitPattern: inodes.lowerBound),
                    Int64(bitPattern: inodes.upperBound),
                ]
            ).map { row in
                try KnownFile(
                    filesystem: filesystem, inode: UInt64(bitPattern: row.read(0)),
                    version: Digest(sha256: row.read(1) as Data), chunks: Array(row.read(2) as Data))
            }
        }
    }

    /// Remembers trees and files; what was known of them before is replaced.
    public func put(knownTrees trees: [KnownTree], knownFiles files: [KnownFile]) throws(CatalogueError) {
        try write { db in
            for tree in trees {
                let sockets: [UInt8] = tree.sockets.flatMap { $0 + [0] }
                try db.cachedStatement(
                    sql: """
                        INSERT OR REPLACE INTO known_tree (key, survey, list, size, entries, content_bytes, sockets)
                        VALUES (?, ?, ?, ?, ?, ?, ?)
                        """
                ).execute(arguments: [
                    tree.key.data, tree.survey.data, tree.list.data, tree.size, tree.entries, tree.contentBytes,
                    Data(sockets),
                ])
            }
            for file in files {
                try db.cachedStatement(
                    sql: "INSERT OR REPLACE INTO known_file (filesystem, inode, version, chunks) VALUES (?, ?, ?, ?)"
                ).execute(arguments: [
                    Int64(bitPattern: file.filesystem), Int64(bitPattern: file.inode), file.version.data,
                    Data(file.chunks),
                ])
            }
        }
    }

    /// Forgets the trees whose lists are gone, and all files: for gc, after it removed packs.
    public func forgetLost() throws(CatalogueError) {
        try writeRemoving { db in
            try db.execute(
                sql: "DELETE FROM known_tree WHERE lower(hex(list)) NOT IN (SELECT raw_digest FROM blob)")
            try db.execute(sql: "DELETE FROM known_file")
        }
    }
}
