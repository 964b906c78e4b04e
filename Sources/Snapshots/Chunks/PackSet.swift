// SPDX-License-Identifier: Apache-2.0
import Archive
import Catalogue
import ContentStore
import Dispatch
import Hashing
import OCI

/// The packs of one transaction: takes chunks, and stores those that the store lacks.
///
/// A pack that is full is recorded in the catalogue at once, so that no list of chunks grows with the data; until a
/// snapshot needs it, it is garbage like any blob of a transaction that did not end well.
final class PackSet: Sendable {
    /// Where a pack ends; a bundle or a registry carries blobs of that size with ease.
    private static let fullSize: Int64 = 256 << 20

    private let catalogue: CatalogueDatabase
    private let store: Store
    private let makeBlob: @Sendable () throws -> BlobWriter
    private let fullSize: Int64
    private let queue = DispatchQueue(label: "envsnap.packs")
    // Touched on the queue only.
    nonisolated(unsafe) private var open: PackWriter?
    nonisolated(unsafe) private var inOpen: Set<Digest> = []
    nonisolated(unsafe) private var stored: Int64 = 0
    nonisolated(unsafe) private var seen: Set<Digest> = []

    init(
        catalogue: CatalogueDatabase, store: Store, fullSize: Int64 = PackSet.fullSize,
        makeBlob: @escaping @Sendable () throws -> BlobWriter
    ) {
        (self.catalogue, self.store, self.fullSize, self.makeBlob) = (catalogue, store, fullSize, makeBlob)
    }

    /// How many bytes the packs have that were put into the store.
    var storedSize: Int64 { queue.sync { stored } }

    /// Stores the chunks that are new, and says how many uncompressed bytes they have.
    func add(_ chunks: [UnsafeRawBufferPointer], digests: [Digest]) throws -> Int64 {
        try queue.sync {
            let known = try catalogue.chunks(Set(digests))
            var taken: Set<Digest> = []
            let new = chunks.indices.filter { index in
                let digest = digests[index]
                return known[digest] == nil && !inOpen.contains(digest) && taken.insert(digest).inserted
            }
            let frames = try Parallel.map(new.count) { try ZstdCompressor.frame(chunks[new[$0]]) }
            for (index, frame) in zip(new, frames) {
                let pack = try open ?? PackWriter(makeBlob())
                open = pack
                inOpen.insert(digests[index])
                try pack.append(frame, digest: digests[index], size: chunks[index].count)
                if pack.size >= fullSize { try close(pack) }
            }
            return new.reduce(0) { $0 + Int64(chunks[$1].count) }
        }
    }

    /// Whether all of the chunks are in the store, or on their way into it.
    func have(_ chunks: [ChunkReference]) throws -> Bool {
        let elsewhere = queue.sync { Set(chunks.map(\.digest)).subtracting(inOpen) }
        return try stored(elsewhere).count == elsewhere.count
    }

    /// Those of the chunks that are in the store.
    func stored(_ chunks: Set<Digest>) throws -> Set<Digest> {
        let places = try catalogue.chunks(chunks)
        return try queue.sync {
            for pack in Set(places.values.map(\.pack)).subtracting(seen) where try store.blobSize(pack) != nil {
                seen.insert(pack)
            }
            return Set(places.filter { seen.contains($0.value.pack) }.keys)
        }
    }

    /// Ends the open pack, so that all chunks are in the store and in the catalogue.
    func finish() throws {
        try queue.sync { if let open { try close(open) } }
    }

    private func close(_ pack: PackWriter) throws {
        let record = try pack.commit()
        try catalogue.insert(pack: record, chunks: pack.chunks)
        stored += record.storedSize
        open = nil
        inOpen = []
    }
}
