// SPDX-License-Identifier: Apache-2.0
// docs/decisions/0029-rebuilding-the-catalogue.md
import Catalogue
import ContentStore
import EnvironmentModel
import JSONTree
import OCI

/// Fills an empty catalogue from the documents and blobs of a store.
struct CatalogueRebuild {
    let store: Store
    let former: FormerCatalogue
    /// When it is done: RFC 3339 in UTC.
    let time: String
    let report: (String) throws -> Void

    /// What the catalogue says of where a snapshot came from that it did not know.
    private static let unknownSource = "its document"

    func fill(_ catalogue: CatalogueDatabase) throws -> RebuildReport {
        var found = RebuildReport(complaint: former.complaint)
        let documents = try documents(&found)
        var needed = NeededBlobs()
        for id in documents { if let document = try? document(id) { needed.add(document) } }
        try takeBlobs(needed, into: catalogue, &found)
        // The oldest first: of two with one name it had the name first.
        for id in try sorted(documents) {
            do { try take(id, into: catalogue, &found) } catch let error as CatalogueError where error.code == .failed {
                // What no capture writes, such as a time that is none.
                found.problems.append("snapshot \(id.short): \(error.message)")
            }
        }
        for replay in former.replays {
            guard try catalogue.snapshot(replay.snapshotID) != nil else {
                found.problems.append("replay \(replay.name): the document of its snapshot is missing")
                continue
            }
            try catalogue.insert(replay)
            found.replays += 1
        }
        return found
    }

    /// The documents that can be read; the others stay where they are.
    private func documents(_ found: inout RebuildReport) throws -> [Digest] {
        let announced = former.complaint == nil ? try store.announcedDocuments() : []
        let all = try store.documentIDs()
        for lost in Set(former.snapshots.keys).subtracting(all).sorted() {
            found.problems.append("snapshot \(lost.short): its document is missing")
        }
        return all.filter { id in
            // A sound catalogue would have known it: a run was killed before it had added it, or after it had removed it.
            guard former.snapshots[id] != nil || !announced.contains(id) else { return false }
            do {
                _ = try document(id)
                return true
            } catch {
                found.problems.append(
                    "snapshot \(id.short): \(error); bring \(id.hex).json back from a copy of the store, "
                        + "or remove it: envsnap rm \(id.short)")
                return false
            }
        }
    }

    private func takeBlobs(
        _ needed: NeededBlobs, into catalogue: CatalogueDatabase, _ found: inout RebuildReport
    ) throws {
        let finder = BlobFinder(store: store, needed: needed)
        for file in try store.blobDigests() {
            try report("reading blob \(file.short)")
            do {
                switch try finder.look(at: file) {
                case .blob(let record): try catalogue.put(record)
                case .pack(let record, let chunks, let damaged):
                    try catalogue.insert(pack: record, chunks: chunks)
                    found.chunks += chunks.count
                    if damaged > 0 { found.problems.append("blob \(file.short): \(damaged) of its chunks are damaged") }
                case .unneeded: continue
                }
                found.blobs += 1
            } catch let error as ContentStoreError where error.code == .damaged {
                found.problems.append("blob \(file.short): \(error.message)")
            } catch let error as SnapshotError where error.code == .damaged {
                found.problems.append("blob \(file.short): \(error.message)")
            }
        }
    }

    private func sorted(_ documents: [Digest]) throws -> [Digest] {
        let times = Dictionary(
            try documents.map { ($0, try document($0).capturedAt) }, uniquingKeysWith: { first, _ in first })
        return documents.sorted { (times[$0] ?? "", $0.hex) < (times[$1] ?? "", $1.hex) }
    }

    private func take(_ id: Digest, into catalogue: CatalogueDatabase, _ found: inout RebuildReport) throws {
        let bytes = try store.readDocument(id)
        let document = try EnvironmentDocument(json: JSONValue(parsing: bytes))
        var record = SnapshotRecord(document, id: id, size: Int64(bytes.count))
        if let known = former.snapshots[id] {
            (record.name, record.origin) = (known.name, known.origin)
        } else {
            record.origin = SnapshotOrigin(kind: .rebuilt, source: Self.unknownSource, receivedAt: time)
            record.name = try name(of: record, in: catalogue, &found)
        }
        let store = store
        let known = try catalogue.blobs(rawDigests: document.chunkLists)
        let missing = try catalogue.insert(found: record, referencing: Set(document.referencedBlobs)) { visit in
            for list in document.chunkLists {
                guard let record = known[list] else { continue }
                let reader = ChunkListReader(try BlobSource(record: record, store: store))
                while let chunk = try reader.next() { try visit(chunk.digest) }
            }
        }
        found.snapshots += 1
        if record.origin?.kind == .rebuilt { found.foreign.append(record) }
        if !missing.isEmpty {
            found.problems.append(
                "snapshot \(id.short): \(missing.count == 1 ? "a blob" : "\(missing.count) blobs and chunks") that it needs "
                    + "are not in the store, the first \(missing.sorted()[0].short)")
        }
    }

    private func name(
        of record: SnapshotRecord, in catalogue: CatalogueDatabase, _ found: inout RebuildReport
    ) throws -> String? {
        guard let name = record.name else { return nil }
        // The names that a sound catalogue gave go first, and are not all in yet.
        let isTaken = try former.snapshots.values.contains { $0.name == name } || catalogue.snapshot(named: name) != nil
        guard !isTaken, name.canNameSnapshotFromElsewhere else {
            found.remarks.append(
                "snapshot \(record.id.short): the name \"\(name)\" "
                    + (isTaken ? "belongs to another" : "could be taken for an id") + "; it is known by its id alone")
            return nil
        }
        return name
    }

    private func document(_ id: Digest) throws -> EnvironmentDocument {
        try EnvironmentDocument(json: JSONValue(parsing: try store.readDocument(id)))
    }
}

extension String {
    /// Whether a snapshot from elsewhere may have the name: it cannot be taken for another's id, or a reference.
    public var canNameSnapshotFromElsewhere: Bool {
        guard !isEmpty, utf8.count <= 200, !hasPrefix("sha256:"), !hasPrefix("oci://") else { return false }
        return !(utf8.count >= 4 && allSatisfy(\.isHexDigit))
    }
}
