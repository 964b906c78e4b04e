// SPDX-License-Identifier: Apache-2.0
import Archive
import OCI

/// One line of a chunk list: which chunk comes next.
struct ChunkReference: Hashable {
    /// The bytes of a line: 32 of the digest, then the size as a 32-bit number, the lowest byte first.
    static let length = 36

    let digest: Digest
    let size: Int

    init(digest: Digest, size: Int) { (self.digest, self.size) = (digest, size) }

    /// Reads a line.
    ///
    /// - Throws: `SnapshotError` where it cannot be one.
    init(_ line: ArraySlice<UInt8>) throws {
        size = Int(line.dropFirst(32).littleEndian32)
        guard line.count == Self.length, (1...ChunkRules.largest).contains(size) else {
            throw SnapshotError(
                .damaged, "a list of chunks is damaged", hint: "envsnap check --read-data tells which snapshots need it"
            )
        }
        digest = try Digest(sha256: line.prefix(32))
    }

    /// Reads all lines.
    ///
    /// - Throws: `SnapshotError` where one of them cannot be one.
    static func all(in lines: [UInt8]) throws -> [ChunkReference] {
        try stride(from: 0, to: lines.count, by: length).map {
            try ChunkReference(lines[$0..<min($0 + length, lines.count)])
        }
    }

    /// The line.
    var line: [UInt8] { digest.bytes + UInt32(size).littleEndianBytes }
}

extension UInt32 {
    /// The four bytes, the lowest first.
    var littleEndianBytes: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: self >> ($0 * 8)) } }
}

extension Collection<UInt8> {
    /// The number that the first four bytes are, the lowest first.
    var littleEndian32: UInt32 { prefix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) } }
}
