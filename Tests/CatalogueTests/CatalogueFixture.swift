// SPDX-License-Identifier: Apache-2.0

import Catalogue
import OCI
import SystemPackage
import TestSupport

/// A catalogue in a folder of its own.
struct CatalogueFixture {
    let folder: TemporaryFolder
    let path: FilePath
    let database: CatalogueDatabase

    init() throws {
        folder = try TemporaryFolder()
        path = folder.filePath("catalogue.sqlite")
        database = try CatalogueDatabase.open(at: path)
    }

    /// Puts a snapshot in whose blobs are all stored.
    @discardableResult
    func insert(
        _ snapshot: SnapshotRecord, blobs: [BlobRecord] = [], images: [KnownImage] = []
    ) throws -> InsertOutcome {
        try database.insert(
            snapshot, adding: blobs, referencing: Set(blobs.map(\.rawDigest)), images: images, isStored: { _ in true })
    }
}

/// A digest that begins with the given digits.
func digest(_ prefix: String) throws -> Digest {
    try Digest(hex: prefix + String(repeating: "0", count: 64 - prefix.count))
}

func blob(_ prefix: String, size: Int64 = 100) throws -> BlobRecord {
    BlobRecord(
        rawDigest: try digest(prefix), rawSize: size, storedDigest: try digest("5" + prefix), storedSize: size / 2,
        encoding: .zstd, kind: "layer")
}

extension SnapshotRecord {
    static func sample(
        _ prefix: String, name: String? = nil, createdAt: String = "2026-11-23T10:00:00Z", tags: [String: String] = [:]
    ) throws -> SnapshotRecord {
        SnapshotRecord(
            id: try digest(prefix), name: name, message: "a message", createdAt: createdAt, project: "seed",
            isComplete: true, documentSize: 4_096, hostCount: 2, containerCount: 5, volumeCount: 3, imageCount: 4,
            rawSize: 1_322_000_000, tags: tags)
    }
}
