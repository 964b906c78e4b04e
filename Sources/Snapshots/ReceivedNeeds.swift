// SPDX-License-Identifier: Apache-2.0
import Catalogue
import ContentStore
import EnvironmentModel
import OCI

/// What a document from elsewhere needs, looked at before anything of it shows.
struct ReceivedNeeds {
    private let document: EnvironmentDocument
    private let library: SnapshotLibrary
    private let records: [Digest: BlobRecord]

    /// - Parameter written: The blobs that came with it.
    init(of document: EnvironmentDocument, library: SnapshotLibrary, written: [Digest: BlobRecord]) throws {
        self.document = document
        self.library = library
        records = try library.knownBlobs(document.referencedBlobs).merging(written) { $1 }
    }

    /// Makes sure that every blob and every chunk is there, and that every archive has the size that the document says.
    ///
    /// - Throws: `SnapshotError` with `.mismatch`.
    func check() throws {
        for digest in document.referencedBlobs { _ = try present(digest) }
        for (subject, data) in document.archives {
            let record = try present(data.digest)
            let size = data.form == .whole ? record.rawSize : try length(of: record, atMost: data.size)
            guard size == data.size else {
                throw SnapshotError(.mismatch, "the data of \(subject) has another size than the snapshot says")
            }
        }
    }

    private func present(_ digest: Digest) throws -> BlobRecord {
        guard let record = records[digest], try library.store.blobSize(record.storedDigest) == record.storedSize else {
            throw SnapshotError(.mismatch, "the snapshot needs the blob \(digest.short), which did not come with it")
        }
        return record
    }

    /// How many bytes the chunks of a list have; as soon as they are too many, no more are counted.
    private func length(of list: BlobRecord, atMost limit: Int64) throws -> Int64 {
        var size: Int64 = 0
        var waiting: Set<Digest> = []
        func look() throws {
            let found = try library.catalogue.chunks(waiting)
            if let lost = waiting.first(where: { found[$0] == nil }) {
                throw SnapshotError(.mismatch, "the snapshot needs the chunk \(lost.short), which did not come with it")
            }
            waiting = []
        }
        do {
            let reader = ChunkListReader(try BlobSource(record: list, store: library.store))
            while let chunk = try reader.next() {
                size += Int64(chunk.size)
                guard size <= limit else { return size }
                waiting.insert(chunk.digest)
                if waiting.count >= 4096 { try look() }
            }
        } catch let error as SnapshotError where error.code == .damaged {
            throw SnapshotError(.mismatch, error.message)
        }
        try look()
        return size
    }
}
