// SPDX-License-Identifier: Apache-2.0
import Archive
import Catalogue
import ContentStore
import OCI

extension SnapshotTransaction {
    /// Records the chunks of a pack that came from elsewhere and is in the store.
    ///
    /// Each is compared with its digest before: a chunk that is not what it is said to be would stand in for the data of
    /// captures that are made here later.
    ///
    /// - Throws: `SnapshotError` with `.mismatch` where it is no pack, or holds something else than its index says.
    func registerPack(_ record: BlobRecord) throws {
        let pack = try library.store.openForRandomAccess(record.storedDigest)
        let chunks: [ChunkRecord]?
        do {
            chunks = try PackIndex.read(pack)
            for chunk in chunks ?? [] where chunk.size > ChunkRules.largest {
                throw SnapshotError(.mismatch, "the pack \(pack.digest.short) has a chunk of \(chunk.size) bytes")
            }
            try ChunkFetcher.verify(chunks ?? [], in: pack)
        } catch let error as SnapshotError where error.code == .damaged {
            throw SnapshotError(.mismatch, error.message)
        }
        guard record.encoding == .none, let chunks else {
            throw SnapshotError(.mismatch, "the blob \(pack.digest.short) is said to be a pack, and is none")
        }
        try library.catalogue.insert(pack: record, chunks: chunks)
    }
}
