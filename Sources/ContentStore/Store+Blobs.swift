// SPDX-License-Identifier: Apache-2.0

public import OCI
public import SystemPackage

extension Store {
    /// Where a blob lies, or would lie.
    public func blobPath(_ digest: Digest) -> FilePath { layout.blob(digest) }

    /// The number of a blob's stored bytes; nil when the store has no such blob.
    public func blobSize(_ digest: Digest) throws(ContentStoreError) -> Int64? {
        guard let status = try FileStatus.of(layout.blob(digest)) else { return nil }
        guard status.isRegular else { throw .damaged(digest, "it is not a file") }
        return status.size
    }

    /// Opens a blob for reading.
    public func openBlob(
        _ digest: Digest, expectedSize: Int64? = nil, verification: BlobReader.Verification = .whileReading
    ) throws(ContentStoreError) -> BlobReader {
        try BlobReader(
            layout.blob(digest), digest: digest, expectedSize: expectedSize, verification: verification)
    }

    /// Reads a small blob into memory, verified.
    public func readBlob(_ digest: Digest, limit: Int = 64 << 20) throws(ContentStoreError) -> [UInt8] {
        try VerifiedFile(layout.blob(digest), digest: digest).readAll(limit: limit)
    }

    /// Looks whether a blob is as its name says.
    public func checkBlob(
        _ digest: Digest, expectedSize: Int64? = nil, depth: CheckDepth
    ) throws(ContentStoreError) -> BlobState {
        do {
            let file = try VerifiedFile(layout.blob(digest), digest: digest, expectedSize: expectedSize)
            if depth == .data { try file.verifyAll() }
            return .intact(size: file.size)
        } catch let error where error.code == .missing {
            return .missing
        } catch let error where error.code == .damaged {
            return .damaged(error.message)
        }
    }

    /// The digests of all blobs, in order.
    public func blobDigests() throws(ContentStoreError) -> [Digest] {
        try Folder.names(in: layout.blobs).compactMap { try? Digest(hex: $0.string) }.sorted()
    }

    /// Removes a blob; needs an exclusive lock, and that there is none is fine.
    ///
    /// The folder is not synchronised: a blob that is back after a power loss is removed by the next `gc`.
    public func removeBlob(_ digest: Digest, under lock: StoreLock) throws(ContentStoreError) {
        guard lock.mode == .exclusive, lock.holds(layout) else {
            throw ContentStoreError(.misuse, "removing a blob needs an exclusive lock on \(root)")
        }
        try remove(layout.blob(digest))
    }

    func remove(_ path: FilePath) throws(ContentStoreError) {
        do {
            try files.remove(path)
        } catch .noSuchFileOrDirectory {
            return
        } catch {
            throw .system("remove", path, error)
        }
    }
}
