// SPDX-License-Identifier: Apache-2.0
import Archive
import Catalogue
import ContentStore
import Hashing
import OCI

/// One blob on its way into the store: hashed, compressed and written as the bytes come.
final class BlobFile {
    private let writer: BlobWriter
    private let compressor: FrameCompressor
    private let hasher: SHA256Hasher
    private var length: Int64 = 0

    init(_ writer: BlobWriter) throws {
        self.writer = writer
        hasher = try SHA256Hasher()
        compressor = FrameCompressor(sink: { try writer.write($0) })
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        hasher.update(bytes)
        length += Int64(bytes.count)
        try compressor.write(bytes)
    }

    func commit(kind: String, expected: Digest?) throws -> (blob: BlobRecord, isNew: Bool) {
        try compressor.finish()
        let digest = try hasher.finalize()
        if let expected, expected != digest {
            throw SnapshotError(
                .damaged, "what the engine sent as \(expected.short) has the digest \(digest.short)",
                hint: "try again; if it stays so, the engine's own store is damaged")
        }
        let stored = try writer.commit()
        let blob = BlobRecord(
            rawDigest: digest, rawSize: length, storedDigest: stored.digest, storedSize: stored.size, encoding: .zstd,
            kind: kind)
        return (blob, stored.isNew)
    }
}
