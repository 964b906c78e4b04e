// SPDX-License-Identifier: Apache-2.0
import Archive
import Catalogue
import ContentStore
import Hashing
import OCI

/// Reads the uncompressed bytes of a blob and verifies them in the same pass.
///
/// The end is only reached when the stored bytes and the uncompressed bytes both have their digests; else reading throws.
public final class BlobSource: VerifiedSource {
    private let record: BlobRecord
    private let hasher: SHA256Hasher
    private let reader: BlobReader
    private let decompressor: ZstdDecompressor?
    private var length: Int64 = 0
    private var isVerified = false

    init(record: BlobRecord, store: Store) throws {
        self.record = record
        hasher = try SHA256Hasher()
        let reader = try store.openBlob(record.storedDigest, expectedSize: record.storedSize)
        self.reader = reader
        decompressor =
            record.encoding == .zstd
            ? try ZstdDecompressor(limit: record.rawSize, source: { try reader.read(into: $0) }) : nil
    }

    /// How many uncompressed bytes there are.
    public var size: Int64 { record.rawSize }

    /// Fills a part of the buffer; 0 at the verified end.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard !isVerified else { return 0 }
        let count = try decompressor.map { try $0.read(into: buffer) } ?? reader.read(into: buffer)
        guard count > 0 else {
            try verify()
            return 0
        }
        hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        length += Int64(count)
        return count
    }

    private func verify() throws {
        isVerified = true
        guard length == record.rawSize, try hasher.finalize() == record.rawDigest else {
            throw SnapshotError(
                .damaged, "the blob \(record.rawDigest.short) does not hold what its digest says",
                hint: "envsnap check --read-data lists every damaged blob")
        }
    }
}
