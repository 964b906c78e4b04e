// SPDX-License-Identifier: Apache-2.0
import Archive
import Hashing
import OCI

/// Cuts an archive into chunks as it is written, stores those that are new, and writes the list of all.
///
/// While one batch is hashed and compressed on all processors, the next one is read and cut.
final class ArchiveChunker: ArchiveSink {
    private let packs: PackSet
    private let list: BlobFile
    private let backstage = Backstage()
    private var cutter: ChunkCutter
    private var batch = ChunkBatch()
    private var spare = ChunkBatch()
    /// How many bytes the archive has so far.
    private(set) var size: Int64 = 0
    // Written by a step, read after the last one.
    private var new: Int64 = 0

    init(packs: PackSet, list: BlobFile) throws {
        (self.packs, self.list) = (packs, list)
        cutter = try ChunkCutter()
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        size += Int64(bytes.count)
        var rest = bytes
        while !rest.isEmpty {
            rest = UnsafeRawBufferPointer(rebasing: rest[batch.fill(rest)...])
            while let length = cutter.cut(batch.open) { batch.close(length) }
            if batch.isFull { try handOver() }
        }
    }

    func contentBegins() { endChunk() }

    func contentEnds() { endChunk() }

    /// Stores the last chunk; nothing may be written afterwards.
    ///
    /// - Returns: how many bytes the chunks have that the store lacked.
    func finish() throws -> Int64 {
        endChunk()
        try handOver()
        try backstage.wait()
        return new
    }

    /// Waits until nothing of it is used any more.
    func abandon() { try? backstage.wait() }

    /// A forced boundary: what follows is cut as if it were the beginning.
    private func endChunk() {
        let length = batch.open.count
        if length > 0 { batch.close(length) }
        cutter.restart()
    }

    private func handOver() throws {
        let full = batch
        // Waits for the step before, which used the spare one.
        try backstage.begin { try self.store(full) }
        spare.clear()
        _ = spare.fill(full.open)
        (batch, spare) = (spare, full)
    }

    private func store(_ batch: ChunkBatch) throws {
        let chunks = batch.chunkBytes
        let digests = try Parallel.map(chunks.count) { try SHA256Hasher.digest(of: chunks[$0]) }
        new += try packs.add(chunks, digests: digests)
        var lines: [UInt8] = []
        for (chunk, digest) in zip(chunks, digests) {
            lines += ChunkReference(digest: digest, size: chunk.count).line
        }
        try lines.withUnsafeBytes { try list.write($0) }
    }
}
