// SPDX-License-Identifier: Apache-2.0
public import Archive
public import Catalogue
import ContentStore
public import EnvironmentModel
import Hashing
public import OCI
import Synchronization
import SystemPackage

/// Blobs and documents that come from elsewhere. Nothing that is said of them is believed: a blob's stored bytes and its
/// uncompressed ones are hashed and counted, and only when all of it is as the record says, it is kept.
///
/// Of what fails, `SnapshotError` with `.mismatch` says that the bytes are others, `ArchiveError` that they are no zstd
/// stream.
extension SnapshotTransaction {
    /// Stores a blob whose stored bytes come from a source; blocks.
    public func putReceived(_ record: BlobRecord, from source: @escaping ByteSource) throws {
        let writer = try transaction.makeBlob()
        try Self.verifyContent(of: record) { buffer in
            let count = try source(buffer)
            guard writer.size + Int64(count) <= record.storedSize else { throw Self.mismatch(record, "it is longer") }
            try writer.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            return count
        }
        try keep(record) { () throws(ContentStoreError) in
            try writer.commit(expected: record.storedDigest, expectedSize: record.storedSize)
        }
    }

    /// Stores a blob from a file in the transaction's folder, which is gone afterwards; blocks.
    public func putReceived(_ record: BlobRecord, fileNamed name: String) throws {
        let path = folder.appending(name)
        do {
            let descriptor = try FileDescriptor.open(path, .readOnly, options: [.noFollow, .closeOnExec])
            defer { try? descriptor.close() }
            try Self.verifyContent(of: record) { try descriptor.read(into: $0) }
        } catch {
            try? FileOperations.system.remove(path)
            throw error
        }
        try keep(record) { () throws(ContentStoreError) in
            try transaction.adoptBlob(
                fileNamed: name, expected: record.storedDigest, expectedSize: record.storedSize)
        }
    }

    /// Takes a blob whose file is in the store already, as an interrupted transfer leaves it; false where there is none.
    public func takePresent(_ record: BlobRecord) throws -> Bool {
        guard try library.store.blobSize(record.storedDigest) == record.storedSize else { return false }
        let reader = try library.store.openBlob(record.storedDigest, expectedSize: record.storedSize)
        try Self.verifyContent(of: record) { try reader.read(into: $0) }
        try registerReceived(record, isNew: false)
        return true
    }

    /// Makes a snapshot that came from elsewhere durable and visible, and ends the transaction.
    ///
    /// The document's bytes are kept as they came. The name may be another than the document's, or none.
    ///
    /// - Throws: `SnapshotError` with `.mismatch` where something that it needs is not there or not as it says; then nothing
    ///   of it is kept.
    public func commit(
        received document: EnvironmentDocument, bytes: [UInt8], name: String?, origin: SnapshotOrigin
    ) throws -> Digest {
        // Before the document is written: one whose lists cannot be read would stop every garbage collection.
        try ReceivedNeeds(of: document, library: library, written: state.withLock { $0.blobs }).check()
        return try commit(document, bytes: bytes) { record in
            record.name = name
            record.origin = origin
        }
    }

    private func keep(_ record: BlobRecord, _ publish: () throws(ContentStoreError) -> StoredBlob) throws {
        let blob: StoredBlob
        do {
            blob = try publish()
        } catch {
            guard error.code == .mismatch else { throw error }
            throw Self.mismatch(record, "its bytes have another digest or size")
        }
        try registerReceived(record, isNew: blob.isNew)
    }

    private func registerReceived(_ record: BlobRecord, isNew: Bool) throws {
        if record.kind == BlobKind.pack { try registerPack(record) }
        register(record, isNew: isNew)
    }

    /// Reads stored bytes to their end and compares their content with the record.
    private static func verifyContent(of record: BlobRecord, stored: @escaping ByteSource) throws {
        var content = stored
        if record.encoding == .zstd {
            let decompressor = try ZstdDecompressor(limit: record.rawSize, source: stored)
            content = { try decompressor.read(into: $0) }
        }
        let (digest, size) = try measure(content)
        // What stands behind the compressed stream belongs to the blob as well.
        _ = try measure(stored)
        guard digest == record.rawDigest, size == record.rawSize else {
            throw mismatch(record, "its content is \(digest.short) with \(size) bytes")
        }
    }

    /// Reads a source to its end.
    private static func measure(_ source: ByteSource) throws -> (digest: Digest, size: Int64) {
        let hasher = try SHA256Hasher()
        var size: Int64 = 0
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = try buffer.withUnsafeMutableBytes { buffer in
                let count = try source(buffer)
                hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                return count
            }
            if count == 0 { return (try hasher.finalize(), size) }
            size += Int64(count)
        }
    }

    private static func mismatch(_ record: BlobRecord, _ what: String) -> SnapshotError {
        SnapshotError(.mismatch, "the blob \(record.storedDigest.short) is not what was said of it: \(what)")
    }
}
