// SPDX-License-Identifier: Apache-2.0

import GRDB
public import OCI

extension CatalogueDatabase {
    /// Which of some image ids the catalogue knows; the others are left out.
    public func images(ids: some Collection<Digest>) throws(CatalogueError) -> [Digest: KnownImage] {
        try read { db in
            let statement = try db.cachedStatement(
                sql: "SELECT config_digest, reference FROM image WHERE image_id = ?")
            var found: [Digest: KnownImage] = [:]
            for id in ids {
                guard let row = try Row.fetchOne(statement, arguments: [id.hex]) else { continue }
                found[id] = try KnownImage(
                    imageID: id, configDigest: Digest(hex: row.read(0) as String), reference: row.read(1))
            }
            return found
        }
    }

    /// Records which configuration an image's id means; the configuration must be a blob that the catalogue knows.
    public func put(_ image: KnownImage) throws(CatalogueError) {
        try write { try image.upsert($0) }
    }
}

extension KnownImage {
    /// Adds a row, or replaces the row of the same image.
    func upsert(_ db: Database) throws {
        guard try BlobRecord.find(configDigest, db) != nil else {
            throw CatalogueError(
                .missingBlob,
                "the configuration \(configDigest) of image \(imageID) is not in the store; nothing was recorded, "
                    + "capture or import it again")
        }
        try db.cachedStatement(
            sql: """
                INSERT INTO image (image_id, config_digest, reference) VALUES (?, ?, ?)
                ON CONFLICT (image_id) DO UPDATE SET config_digest = excluded.config_digest,
                    reference = coalesce(excluded.reference, reference)
                """
        ).execute(arguments: [imageID.hex, configDigest.hex, reference])
    }
}
