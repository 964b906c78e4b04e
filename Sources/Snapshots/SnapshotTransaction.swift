// SPDX-License-Identifier: Apache-2.0
public import Archive
public import Catalogue
import ContentStore
public import EnvironmentModel
import Hashing
import JSONTree
public import OCI
import Synchronization
public import SystemPackage

/// Writes the blobs of one snapshot and then, in one step, the snapshot.
///
/// Until `commit` returns nothing of it can be seen; a transaction that ends before leaves nothing but blobs that the
/// next garbage collection removes.
public final class SnapshotTransaction: Sendable {
    /// How much a transaction wrote.
    public struct Account: Sendable {
        /// Uncompressed bytes that were read.
        public var read: Int64 = 0
        /// Uncompressed bytes that the store did not have.
        public var new: Int64 = 0
        /// Bytes that the store grew by.
        public var stored: Int64 = 0
    }

    struct State {
        var blobs: [Digest: BlobRecord] = [:]
        var account = Account()
        var files: KnownFiles?
        var trees: [KnownTree] = []
    }

    /// The folder in which the transaction keeps its files; it goes with the transaction.
    public let folder: FilePath
    let library: SnapshotLibrary
    private let lock: StoreLock
    let transaction: Transaction
    let packs: PackSet
    let state = Mutex(State())

    init(library: SnapshotLibrary) throws {
        self.library = library
        lock = try library.lock(.shared)
        let transaction = try library.store.begin(under: lock)
        self.transaction = transaction
        folder = transaction.folder
        packs = PackSet(catalogue: library.catalogue, store: library.store) { try transaction.makeBlob() }
    }

    /// What was written so far.
    ///
    /// The packs count when they are in the store: all of them after `commit`.
    public var account: Account {
        var account = state.withLock { $0.account }
        account.stored += packs.storedSize
        return account
    }

    /// Stores what the producer writes, compressed, and returns its record with the producer's result.
    ///
    /// Blocks: call it on a thread of its own.
    ///
    /// - Throws: the producer's error, or `ContentStoreError`; then nothing is kept.
    public func putBlob<Result>(
        kind: String, expected: Digest? = nil, produce: (_ sink: @escaping ByteSink) throws -> Result
    ) throws -> (blob: BlobRecord, result: Result) {
        let writer = try BlobFile(transaction.makeBlob())
        let result = try produce { try writer.write($0) }
        let record = try writer.commit(kind: kind, expected: expected)
        register(record.blob, isNew: record.isNew)
        return (record.blob, result)
    }

    /// Stores the archive that the producer writes, in chunks, and returns a reference to it with the producer's result.
    ///
    /// Blocks: call it on a thread of its own.
    ///
    /// - Throws: the producer's error, or `ContentStoreError`; then chunks may be kept that nothing refers to.
    public func putArchive(
        produce: (_ sink: any ArchiveSink) throws -> PackSummary
    ) throws -> (archive: DataArchive, summary: PackSummary, read: Int64) {
        let list = try BlobFile(transaction.makeBlob())
        let chunker = try ArchiveChunker(packs: packs, files: knownFiles, purpose: .archive(list: list))
        let (summary, new) = try run(chunker, produce)
        let record = try list.commit(kind: BlobKind.chunkList, expected: nil)
        count(read: chunker.read, new: new)
        remember(record.blob, isNew: record.isNew)
        let archive = DataArchive(
            digest: record.blob.rawDigest, size: chunker.size, entries: Int64(summary.entries),
            contentBytes: summary.dataBytes, form: .chunks)
        return (archive, summary, chunker.read)
    }

    /// Stores the large files in the archive that have not changed for a while, so that they are known when it is read
    /// again.
    ///
    /// Blocks: call it on a thread of its own.
    ///
    /// - Throws: the producer's error, or `ContentStoreError`; then chunks may be kept that nothing refers to.
    public func storeLargeFiles(of produce: (_ sink: any ArchiveSink) throws -> PackSummary) throws {
        let chunker = try ArchiveChunker(packs: packs, files: knownFiles, purpose: .warming)
        let new = try run(chunker, produce).new
        count(read: chunker.read, new: new)
    }

    private var knownFiles: KnownFiles? { state.withLock { $0.files } }

    private func run(
        _ chunker: ArchiveChunker, _ produce: (_ sink: any ArchiveSink) throws -> PackSummary
    ) throws -> (summary: PackSummary, new: Int64) {
        do {
            return (try produce(chunker), try chunker.finish())
        } catch {
            chunker.abandon()
            throw error
        }
    }

    /// Counts a blob that is in the store, and remembers it for the catalogue's rows.
    func register(_ blob: BlobRecord, isNew: Bool) {
        count(read: blob.rawSize, new: isNew ? blob.rawSize : 0)
        remember(blob, isNew: isNew)
    }

    private func count(read: Int64, new: Int64) {
        state.withLock { state in
            state.account.read += read
            state.account.new += new
        }
    }

    private func remember(_ blob: BlobRecord, isNew: Bool) {
        state.withLock { state in
            if isNew { state.account.stored += blob.storedSize }
            state.blobs[blob.rawDigest] = blob
        }
    }

    /// Whether a content is in the store or was written by this transaction.
    public func has(_ digest: Digest) throws -> Bool {
        if state.withLock({ $0.blobs[digest] != nil }) { return true }
        return try library.knownBlobs([digest])[digest] != nil
    }

    /// Makes the snapshot durable and visible, and ends the transaction.
    ///
    /// - Parameters:
    ///   - document: What the snapshot says.
    ///   - origin: Where it came from that what was captured is a replay of; nil where it is this user's own.
    public func commit(_ document: EnvironmentDocument, origin: SnapshotOrigin? = nil) throws -> Digest {
        try commit(document, bytes: document.json.canonicalBytes) { $0.origin = origin }
    }

    /// Commits a document with these bytes, and a row that may say more than they do.
    func commit(
        _ document: EnvironmentDocument, bytes: [UInt8], amending amend: (inout SnapshotRecord) -> Void
    ) throws -> Digest {
        try packs.finish()
        let id = try SHA256Hasher.digest(of: bytes)
        // One that is there already is another's, or one whose row was lost: it stays whatever happens here.
        var isOurs = false
        func writeDocument() throws {
            if try !library.store.hasDocument(id) {
                try transaction.announce(id)
                isOurs = true
            }
            _ = try transaction.writeDocument(bytes)
        }
        do {
            try writeDocument()
            try record(document, id: id, size: Int64(bytes.count), amending: amend) {
                // Whoever removed the same snapshot meanwhile took the document along.
                if try !library.store.hasDocument(id) { try writeDocument() }
            }
        } catch {
            if isOurs { do { try library.withdraw(id, under: lock) } catch { leave() } }
            throw error
        }
        keepKnown()
        end()
        return id
    }

    /// Adds the snapshot's rows to the catalogue.
    private func record(
        _ document: EnvironmentDocument, id: Digest, size: Int64, amending amend: (inout SnapshotRecord) -> Void,
        preparing prepare: () throws -> Void
    ) throws {
        var record = SnapshotRecord(document, id: id, size: size)
        amend(&record)
        let written = state.withLock { $0.blobs }
        let store = library.store
        let known = try library.knownBlobs(document.chunkLists)
        let lists = try document.chunkLists.compactMap { written[$0] ?? known[$0] }
            .map { ChunkListReader(try BlobSource(record: $0, store: store)) }
        _ = try library.catalogue.insert(
            record, adding: Array(written.values), referencing: Set(document.referencedBlobs),
            chunks: { visit in
                for list in lists { while let chunk = try list.next() { try visit(chunk.digest) } }
            },
            preparing: prepare, isStored: { try store.blobSize($0.storedDigest) == $0.storedSize })
    }

    /// Ends the transaction and leaves its folder for a later run.
    public func leave() {
        transaction.leave()
        lock.release()
    }

    /// Ends the transaction; without a commit before, nothing of it remains.
    public func end() {
        transaction.end()
        lock.release()
    }
}
