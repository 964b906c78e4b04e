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

    private struct State {
        var blobs: [Digest: BlobRecord] = [:]
        var account = Account()
    }

    /// The folder in which the transaction keeps its files; it goes with the transaction.
    public let folder: FilePath
    private let library: SnapshotLibrary
    private let lock: StoreLock
    private let transaction: Transaction
    private let state = Mutex(State())

    init(library: SnapshotLibrary) throws {
        self.library = library
        lock = try library.store.lock(.shared)
        transaction = try library.store.begin(under: lock)
        folder = transaction.folder
    }

    /// What was written so far.
    public var account: Account { state.withLock { $0.account } }

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
        state.withLock { state in
            state.account.read += record.blob.rawSize
            if record.isNew {
                state.account.new += record.blob.rawSize
                state.account.stored += record.blob.storedSize
            }
            state.blobs[record.blob.rawDigest] = record.blob
        }
        return (record.blob, result)
    }

    /// Whether a content is in the store or was written by this transaction.
    public func has(_ digest: Digest) throws -> Bool {
        if state.withLock({ $0.blobs[digest] != nil }) { return true }
        return try library.knownBlobs([digest])[digest] != nil
    }

    /// Makes the snapshot durable and visible, and ends the transaction.
    public func commit(_ document: EnvironmentDocument) throws -> Digest {
        let bytes = document.json.canonicalBytes
        let id = try transaction.writeDocument(bytes)
        let record = SnapshotRecord(document, id: id, size: Int64(bytes.count))
        let adding = state.withLock { Array($0.blobs.values) }
        let store = library.store
        _ = try library.catalogue.insert(
            record, adding: adding, referencing: Set(document.referencedBlobs),
            isStored: { try store.blobSize($0.storedDigest) == $0.storedSize })
        end()
        return id
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
