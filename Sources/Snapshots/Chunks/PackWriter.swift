// SPDX-License-Identifier: Apache-2.0
import Catalogue
import ContentStore
import Hashing
import OCI

/// One pack on its way into the store.
final class PackWriter {
    private let writer: BlobWriter
    private(set) var chunks: [ChunkRecord] = []

    init(_ writer: BlobWriter) { self.writer = writer }

    /// How many bytes its frames have.
    var size: Int64 { writer.size }

    func append(_ frame: [UInt8], digest: Digest, size: Int) throws {
        chunks.append(ChunkRecord(digest: digest, storedOffset: writer.size, storedSize: frame.count, size: size))
        try frame.withUnsafeBytes { try writer.write($0) }
    }

    /// Puts the pack into the store.
    func commit() throws -> BlobRecord {
        try PackIndex.frame(chunks).withUnsafeBytes { try writer.write($0) }
        let stored = try writer.commit()
        return BlobRecord(uncompressed: stored.digest, size: stored.size, kind: BlobKind.pack)
    }
}
