// SPDX-License-Identifier: Apache-2.0
import Archive
import Hashing
import OCI

/// Cuts an archive into chunks as it is written, stores those that are new, and writes the list of all.
///
/// While one batch is hashed and compressed on all processors, the next one is read and cut. Files that are known are
/// not read, their chunks are put into the list.
final class ArchiveChunker: ArchiveSink {
    /// What an archive is written for.
    enum Purpose {
        /// To be kept: the list of its chunks goes into this blob.
        case archive(list: BlobFile)
        /// To be read soon again: only the settled large files in it are stored and recorded.
        case warming
    }

    private let packs: PackSet
    private let files: KnownFiles?
    private let purpose: Purpose
    private let backstage = Backstage()
    private var cutter: ChunkCutter
    private var batch = ChunkBatch()
    private var spare = ChunkBatch()
    /// Whether bytes belong to something that is stored.
    private var isTaking: Bool
    /// How many bytes the archive has so far.
    private(set) var size: Int64 = 0
    /// How many of them were read.
    private(set) var read: Int64 = 0
    // Written by steps, read after the last one.
    private var new: Int64 = 0
    private var recording: (version: ContentVersion, lines: [UInt8])?

    init(packs: PackSet, files: KnownFiles?, purpose: Purpose) throws {
        (self.packs, self.files, self.purpose) = (packs, files, purpose)
        cutter = try ChunkCutter()
        if case .archive = purpose { isTaking = true } else { isTaking = false }
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        size += Int64(bytes.count)
        read += Int64(bytes.count)
        var rest = isTaking ? bytes : UnsafeRawBufferPointer(rebasing: bytes[..<0])
        while !rest.isEmpty {
            rest = UnsafeRawBufferPointer(rebasing: rest[batch.fill(rest)...])
            while let length = cutter.cut(batch.open) { batch.close(length) }
            if batch.isFull { try handOver() }
        }
    }

    func contentBegins(_ version: ContentVersion?) throws -> Bool {
        endChunk()
        let version = version.flatMap { files?.isSettled($0) == true ? $0 : nil }
        if let version, let known = try files?.chunks(of: version) {
            size += version.size
            guard isTaking else { return true }
            for chunk in known {
                batch.append(.known(chunk))
                if batch.isFull { try handOver() }
            }
            return true
        }
        if case .warming = purpose {
            guard version != nil else { return true }
            isTaking = true
        }
        if let version { batch.append(.fileBegins(version)) }
        return false
    }

    func contentEnds(isReliable: Bool) {
        endChunk()
        batch.append(.fileEnds(isReliable: isReliable))
        if case .warming = purpose { isTaking = false }
    }

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
        var next = digests[...]
        for piece in batch.pieces {
            switch piece {
            case .chunk(let range):
                guard let digest = next.popFirst() else { continue }
                let line = ChunkReference(digest: digest, size: range.count).line
                lines += line
                recording?.lines += line
            case .known(let chunk): lines += chunk.line
            case .fileBegins(let version): recording = (version, [])
            case .fileEnds(let isReliable): try record(isReliable: isReliable)
            }
        }
        if case .archive(let list) = purpose { try lines.withUnsafeBytes { try list.write($0) } }
    }

    private func record(isReliable: Bool) throws {
        guard let recorded = recording else { return }
        recording = nil
        if isReliable { try files?.note(recorded.version, lines: recorded.lines) }
    }
}
