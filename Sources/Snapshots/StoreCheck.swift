// SPDX-License-Identifier: Apache-2.0
import Catalogue
public import ContentStore
import EnvironmentModel
import OCI
public import Steps

/// What a check of the store found.
public struct StoreReport: Sendable {
    /// How many snapshots were looked at.
    public var snapshots = 0
    /// How many blobs were looked at.
    public var blobs = 0
    /// What is wrong, a line each.
    public var problems: [String] = []
}

extension SnapshotLibrary {
    /// Checks the catalogue, every document, and every blob's size or data.
    ///
    /// - Parameters:
    ///   - depth: How thoroughly blobs are looked at.
    ///   - report: Told what is looked at.
    ///   - proceed: Called before each step; what it throws ends the check.
    public func check(
        depth: CheckDepth, report: StepReport = .silent, proceed: () throws -> Void = {}
    ) throws -> StoreReport {
        let lock = try lock(.shared)
        defer { lock.release() }
        var found = StoreReport()
        do { try catalogue.verify() } catch { found.problems.append("catalogue: \(error)") }
        let snapshots = try catalogue.snapshots()
        // After the rows: a document comes before its row.
        let documents = Set(try store.documentIDs())
        for snapshot in snapshots {
            found.snapshots += 1
            try proceed()
            report("checking snapshot \(snapshot.id.short)")
            let problems =
                documents.contains(snapshot.id)
                ? problems(ofSnapshot: snapshot.id) + contradictions(in: snapshot)
                : ["snapshot \(snapshot.id.short): its document is missing"]
            // One that was removed meanwhile has none.
            if !problems.isEmpty, try catalogue.snapshot(snapshot.id) != nil { found.problems += problems }
        }
        // What comes or goes at this moment, or did when a run was killed, is no loss.
        let announced = try store.announcedDocuments()
        let known = try catalogue.snapshots().map(\.id)
        // Listed again: one of a snapshot that was removed meanwhile is gone by now.
        for orphan in documents.intersection(try store.documentIDs()).subtracting(announced).subtracting(known).sorted()
        {
            found.problems.append(
                "snapshot \(orphan.short): its document is there, the catalogue does not know it; "
                    + "check --rebuild takes it in, rm \(orphan.short) removes it")
        }
        let blobs = try catalogue.allBlobs()
        let progress = report.begin("checking blobs", bytes: blobs.reduce(0) { $0 + $1.storedSize })
        defer { progress.end() }
        for blob in blobs {
            try proceed()
            found.blobs += 1
            found.problems += try problems(of: blob, depth: depth)
            progress.add(blob.storedSize)
        }
        return found
    }

    private func problems(of blob: BlobRecord, depth: CheckDepth) throws -> [String] {
        switch try store.checkBlob(blob.storedDigest, expectedSize: blob.storedSize, depth: depth) {
        case .missing: return ["blob \(blob.storedDigest.short): missing"]
        case .damaged(let how): return ["blob \(blob.storedDigest.short): \(how)"]
        case .intact: return depth == .data && blob.kind == BlobKind.pack ? try problems(inPack: blob.rawDigest) : []
        }
    }

    /// Reads every chunk that the catalogue has in a pack.
    private func problems(inPack pack: Digest) throws -> [String] {
        let file = try store.openForRandomAccess(pack)
        return try catalogue.chunks(inPack: pack).compactMap { chunk in
            do {
                try ChunkFetcher.verify([chunk], in: file)
                return nil
            } catch {
                return "pack \(pack.short): \(error)"
            }
        }
    }

    private func problems(ofSnapshot id: Digest) -> [String] {
        do {
            let document = try document(id)
            let referenced = document.referencedBlobs
            let known = try catalogue.blobs(rawDigests: referenced)
            let missing = referenced.filter { known[$0] == nil }.map {
                "snapshot \(id.short): the blob \($0.short) is missing"
            }
            return missing + document.chunkLists.filter { known[$0] != nil }.flatMap { problems(inList: $0, of: id) }
        } catch {
            return ["snapshot \(id.short): \(error)"]
        }
    }

    /// Reads a list of chunks and looks for each of them.
    private func problems(inList list: Digest, of id: Digest) -> [String] {
        var problems: [String] = []
        do {
            try forEachChunk(of: list) { chunks in
                let known = try catalogue.chunks(chunks.map(\.digest))
                for chunk in chunks where known[chunk.digest]?.chunk.size != chunk.size {
                    problems.append("snapshot \(id.short): the chunk \(chunk.digest.short) is missing")
                }
            }
        } catch {
            problems.append("snapshot \(id.short): the list of chunks \(list.short): \(error)")
        }
        return problems
    }

    /// Visits the chunks of a list, some hundred at once.
    func forEachChunk(of list: Digest, _ body: ([ChunkReference]) throws -> Void) throws {
        let reader = try ChunkListReader(openBlob(list))
        var chunks: [ChunkReference] = []
        while let chunk = try reader.next() {
            chunks.append(chunk)
            guard chunks.count >= 512 else { continue }
            try body(chunks)
            chunks.removeAll(keepingCapacity: true)
        }
        if !chunks.isEmpty { try body(chunks) }
    }
}
