// SPDX-License-Identifier: Apache-2.0

import Hashing
public import OCI

/// A blob being written: hashed as it goes, in the store only after `commit`.
public final class BlobWriter {
    /// The number of bytes written so far.
    public private(set) var size: Int64 = 0

    private let transaction: Transaction
    private let file: DurableFile
    private let hasher: SHA256Hasher

    init(_ file: DurableFile, in transaction: Transaction) throws(ContentStoreError) {
        self.file = file
        self.transaction = transaction
        hasher = try ContentStoreError.hashing { () throws(HashingError) in try SHA256Hasher() }
    }

    /// Writes more of the blob; pieces of 64 KiB or more are worth their system call.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(ContentStoreError) {
        try file.write(bytes)
        hasher.update(bytes)
        size += Int64(bytes.count)
    }

    /// Writes more of the blob.
    public func write(_ bytes: some Collection<UInt8>) throws(ContentStoreError) {
        // An array is its own copy here.
        try Array(bytes).withUnsafeBufferPointer { (bytes) throws(ContentStoreError) in
            try write(UnsafeRawBufferPointer(bytes))
        }
    }

    /// Puts the blob into the store, on the disk for good when this returns.
    ///
    /// A blob that the store has is not written again. Bytes that are not those expected are thrown away, with the
    /// error `mismatch`.
    public func commit(
        expected: Digest? = nil, expectedSize: Int64? = nil
    ) throws(ContentStoreError) -> StoredBlob {
        let digest = try ContentStoreError.hashing { () throws(HashingError) in try hasher.finalize() }
        return try transaction.publish(
            file, digest: digest, size: size, expected: expected, expectedSize: expectedSize)
    }

    /// Throws the blob away; so does dropping it.
    public func abandon() { file.discard() }
}
