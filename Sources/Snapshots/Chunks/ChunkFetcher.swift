// SPDX-License-Identifier: Apache-2.0
import Archive
import Catalogue
import ContentStore
import Hashing
import OCI

/// Brings chunks out of their packs, each verified by its digest.
final class ChunkFetcher {
    private let store: Store
    private let catalogue: CatalogueDatabase
    private var packs: [Digest: RandomAccessBlob] = [:]

    init(store: Store, catalogue: CatalogueDatabase) { (self.store, self.catalogue) = (store, catalogue) }

    /// The bytes of some chunks, in their order, in as many pieces as there are processors at work.
    func fetch(_ references: [ChunkReference]) throws -> [[UInt8]] {
        let places = try catalogue.chunks(Set(references.map(\.digest)))
        let jobs = try references.map { reference in
            guard let place = places[reference.digest] else {
                throw SnapshotError(
                    .missingBlob, "the chunk \(reference.digest.short) is not in \(store.root)",
                    hint: "envsnap check lists what is missing")
            }
            guard place.chunk.size == reference.size else { throw Self.damaged(reference.digest, in: place.pack) }
            return (pack: try open(place.pack), chunk: place.chunk)
        }
        let share = (jobs.count + Parallel.width - 1) / Parallel.width
        let shares = stride(from: 0, to: jobs.count, by: max(1, share)).map { jobs[$0..<min($0 + share, jobs.count)] }
        return try Parallel.map(shares.count) { try Self.decode(shares[$0]) }
    }

    /// Compares chunks of one pack with their digests.
    static func verify(_ chunks: [ChunkRecord], in pack: RandomAccessBlob) throws {
        for start in stride(from: 0, to: chunks.count, by: 64) {
            let some = chunks[start..<min(start + 64, chunks.count)]
            _ = try decode(some.map { (pack: pack, chunk: $0) }[...])
        }
    }

    private func open(_ digest: Digest) throws -> RandomAccessBlob {
        if let pack = packs[digest] { return pack }
        if packs.count >= 64 { packs = [:] }
        let pack = try store.openForRandomAccess(digest)
        packs[digest] = pack
        return pack
    }

    /// One decompressor for all frames of a share: to make one takes as long as to decompress a small chunk.
    private static func decode(_ jobs: ArraySlice<(pack: RandomAccessBlob, chunk: ChunkRecord)>) throws -> [UInt8] {
        let size = jobs.reduce(0) { $0 + $1.chunk.size }
        var waiting = jobs
        var frame: ArraySlice<UInt8> = []
        let decompressor = try ZstdDecompressor(limit: Int64(size)) { buffer in
            if frame.isEmpty, let job = waiting.popFirst() {
                frame = try job.pack.read(at: job.chunk.storedOffset, count: job.chunk.storedSize)[...]
            }
            let portion = frame.prefix(buffer.count)
            frame = frame.dropFirst(portion.count)
            buffer.copyBytes(from: portion)
            return portion.count
        }
        let bytes = try [UInt8](unsafeUninitializedCapacity: size) { buffer, done in
            done = 0
            let memory = UnsafeMutableRawBufferPointer(buffer)
            for job in jobs {
                let end = done + job.chunk.size
                do {
                    while done < end {
                        let count = try decompressor.read(into: .init(rebasing: memory[done..<end]))
                        guard count > 0 else { break }
                        done += count
                    }
                } catch let error as ArchiveError where error.code != .system {
                    throw damaged(job.chunk.digest, in: job.pack.digest)
                }
                let found = UnsafeRawBufferPointer(rebasing: memory[(end - job.chunk.size)..<done])
                guard done == end, try SHA256Hasher.digest(of: found) == job.chunk.digest else {
                    throw damaged(job.chunk.digest, in: job.pack.digest)
                }
            }
        }
        return bytes
    }

    private static func damaged(_ chunk: Digest, in pack: Digest) -> SnapshotError {
        SnapshotError(
            .damaged, "the chunk \(chunk.short) in the pack \(pack.short) does not hold what its digest says",
            hint: "envsnap check --read-data lists everything that is damaged")
    }
}
