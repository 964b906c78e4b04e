// SPDX-License-Identifier: Apache-2.0
public import Catalogue
public import ContentStore
import OCI

/// The index at the end of a pack: which chunks its frames hold, in their order.
///
/// It is a skippable frame (RFC 8878, 3.1.2), so that any zstd program still decompresses the pack to its chunks.
public enum PackIndex {
    private static let magic: UInt32 = 0x184D_2A5E
    private static let mark = Array("ESNPPACK".utf8)
    /// Digest, stored length and length of a chunk.
    private static let lineLength = 40
    /// What stands behind the lines: how many bytes they are, and the mark.
    private static let trailerLength = 12

    /// The index of chunks that lie one behind the other from the pack's beginning.
    static func frame(_ chunks: [ChunkRecord]) -> [UInt8] {
        var lines: [UInt8] = []
        lines.reserveCapacity(chunks.count * lineLength)
        for chunk in chunks {
            lines += chunk.digest.bytes
            lines += UInt32(chunk.storedSize).littleEndianBytes + UInt32(chunk.size).littleEndianBytes
        }
        return magic.littleEndianBytes + UInt32(lines.count + trailerLength).littleEndianBytes + lines
            + UInt32(lines.count).littleEndianBytes + mark
    }

    /// The chunks of a pack, as its index tells; nil for a blob that is no pack.
    ///
    /// - Throws: `ContentStoreError`, or `SnapshotError` where it has an index that is damaged.
    public static func read(_ pack: RandomAccessBlob) throws -> [ChunkRecord]? {
        guard pack.size >= Int64(8 + trailerLength) else { return nil }
        let trailer = try pack.read(at: pack.size - Int64(trailerLength), count: trailerLength)
        guard Array(trailer.suffix(mark.count)) == mark else { return nil }
        let length = Int(trailer.littleEndian32)
        let start = pack.size - Int64(8 + length + trailerLength)
        guard start >= 0, length % lineLength == 0 else { throw damaged(pack) }
        let frame = try pack.read(at: start, count: 8 + length)
        guard frame.littleEndian32 == magic, Int(frame.dropFirst(4).littleEndian32) == length + trailerLength else {
            throw damaged(pack)
        }
        var offset: Int64 = 0
        let chunks = try stride(from: 8, to: frame.count, by: lineLength).map { position in
            let line = frame[position..<position + lineLength]
            let stored = Int(line.dropFirst(32).littleEndian32)
            defer { offset += Int64(stored) }
            return ChunkRecord(
                digest: try Digest(sha256: line.prefix(32)), storedOffset: offset, storedSize: stored,
                size: Int(line.dropFirst(36).littleEndian32))
        }
        guard offset == start, chunks.allSatisfy({ $0.storedSize > 0 && $0.size > 0 }) else { throw damaged(pack) }
        return chunks
    }

    private static func damaged(_ pack: RandomAccessBlob) -> SnapshotError {
        SnapshotError(
            .damaged, "the index of the pack \(pack.digest.short) is damaged",
            hint: "envsnap check --read-data tells which snapshots need it")
    }
}
