// SPDX-License-Identifier: Apache-2.0

import GRDB
public import OCI
public import SystemPackage

extension CatalogueDatabase {
    /// What became of a catalogue that was replaced.
    public enum Fate: Hashable, Sendable {
        /// It was damaged.
        case damaged
        /// It was sound.
        case replaced

        var suffix: String {
            switch self {
            case .damaged: ".damaged"
            case .replaced: ".replaced"
            }
        }
    }

    /// Whether there is no catalogue at a path, or a file without a byte.
    public static func isAbsent(at path: FilePath) throws(CatalogueError) -> Bool {
        try CatalogueFile.size(of: path) ?? 0 == 0
    }

    /// Makes an empty catalogue that is to take the place of the one at a path; one that was begun before is removed.
    public static func begin(replacing path: FilePath) throws(CatalogueError) -> CatalogueDatabase {
        let new = path.appendingToName(".new")
        try CatalogueFile.verify(path)
        try CatalogueFile.removeWithCompanions(new)
        return try open(at: new)
    }

    /// Closes this catalogue and puts it in the place of the one at a path, which is kept under the name that is returned;
    /// nil when there was none.
    ///
    /// No connection to either may be open afterwards.
    public func takePlace(of path: FilePath, which fate: Fate) throws(CatalogueError) -> FilePath? {
        try close()
        try CatalogueFile.remove(self.path.appendingToName(CheckedMark.suffix))
        return try CatalogueFile.replace(path, by: self.path, setAsideAs: fate.suffix)
    }

    /// Puts a snapshot that was found by its document into the catalogue, with those of its blobs and chunks that are known.
    ///
    /// - Returns: what it needs and is not known.
    public func insert(
        found snapshot: SnapshotRecord, referencing references: Set<Digest>,
        chunks: (_ visit: (Digest) throws -> Void) throws -> Void
    ) throws(CatalogueError) -> Set<Digest> {
        try write { db in
            let number = try snapshot.insert(db)
            var missing: Set<Digest> = []
            var needed: Set<Int64> = []
            for reference in references {
                if let blob = try BlobRecord.find(reference, db)?.number {
                    needed.insert(blob)
                } else {
                    missing.insert(reference)
                }
            }
            try chunks { digest in
                guard let pack = try Self.pack(of: digest, db) else {
                    missing.insert(digest)
                    return
                }
                needed.insert(pack)
            }
            for blob in needed.sorted() {
                try db.cachedStatement(sql: "INSERT OR IGNORE INTO snapshot_blob (snapshot, blob) VALUES (?, ?)")
                    .execute(arguments: [number, blob])
            }
            return missing
        }
    }

    /// Adds a blob, or replaces what the row of the same content says of the stored bytes.
    public func put(_ blob: BlobRecord) throws(CatalogueError) { try write { try blob.upsert($0) } }
}
