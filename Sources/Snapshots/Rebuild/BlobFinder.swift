// SPDX-License-Identifier: Apache-2.0
import Archive
import Catalogue
import ContentStore
import Hashing
import OCI

/// Finds out what a file among the blobs holds, from its bytes alone.
struct BlobFinder {
    /// What a file turned out to be.
    enum Finding {
        /// A blob that a document needs.
        case blob(BlobRecord)
        /// A pack, with those of its chunks that are what their digests say, and how many are not.
        case pack(BlobRecord, chunks: [ChunkRecord], damaged: Int)
        /// Nothing that any document needs.
        case unneeded
    }

    let store: Store
    let needed: NeededBlobs

    /// Reads a file; blocks.
    ///
    /// - Throws: `ContentStoreError` or `SnapshotError` where it is not what its name says.
    func look(at file: Digest) throws -> Finding {
        let blob = try store.openForRandomAccess(file)
        if let chunks = try PackIndex.read(blob) {
            let (good, bad) = Self.sort(chunks, in: blob)
            // The index's own bytes, and what lies between the frames.
            let record = BlobRecord(uncompressed: file, size: blob.size, kind: BlobKind.pack)
            return .pack(record, chunks: good, damaged: bad)
        }
        if let kind = needed.kinds[file] {
            try store.openBlob(file).drain()
            return .blob(BlobRecord(uncompressed: file, size: blob.size, kind: kind))
        }
        let reader = try store.openBlob(file)
        let content = try Self.content(of: reader)
        // What stands behind the compressed bytes belongs to the file as well; its digest is only known at its end.
        try reader.drain()
        guard let content, let kind = needed.kinds[content.digest] else { return .unneeded }
        return .blob(
            BlobRecord(
                rawDigest: content.digest, rawSize: content.size, storedDigest: file, storedSize: blob.size,
                encoding: .zstd, kind: kind))
    }

    /// Tells the chunks that are what their digests say from others: a wrong one would stand in for what is captured later.
    private static func sort(_ chunks: [ChunkRecord], in pack: RandomAccessBlob) -> (good: [ChunkRecord], bad: Int) {
        let sound = chunks.filter { $0.size <= ChunkRules.largest }
        let good =
            (try? ChunkFetcher.verify(sound, in: pack)) != nil
            ? sound : sound.filter { (try? ChunkFetcher.verify([$0], in: pack)) != nil }
        return (good, chunks.count - good.count)
    }

    /// The uncompressed bytes' digest and number; nil for what is no zstd stream.
    private static func content(of reader: BlobReader) throws -> (digest: Digest, size: Int64)? {
        let hasher = try SHA256Hasher()
        var size: Int64 = 0
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        do {
            let decompressor = try ZstdDecompressor { try reader.read(into: $0) }
            while true {
                let count = try buffer.withUnsafeMutableBytes { buffer in
                    let count = try decompressor.read(into: buffer)
                    hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                    return count
                }
                if count == 0 { return (try hasher.finalize(), size) }
                size += Int64(count)
            }
        } catch let error as ArchiveError where error.code != .system {
            return nil
        }
    }
}

extension BlobReader {
    /// Reads to the end, where the bytes are known to be right.
    fileprivate func drain() throws(ContentStoreError) { while try !readChunk().isEmpty {} }
}
