// SPDX-License-Identifier: Apache-2.0

/// Reads a chunk list line by line; its end is only reached when the list has its digest.
final class ChunkListReader {
    private let source: BlobSource
    private var pending: ArraySlice<UInt8> = []

    init(_ source: BlobSource) { self.source = source }

    /// The next chunk; nil at the verified end.
    func next() throws -> ChunkReference? {
        while pending.count < ChunkReference.length {
            guard let bytes = try source.readChunk(upTo: 1 << 16) else {
                guard pending.isEmpty else { return try ChunkReference(pending) }
                return nil
            }
            pending = pending + bytes
        }
        defer { pending = pending.dropFirst(ChunkReference.length) }
        return try ChunkReference(pending.prefix(ChunkReference.length))
    }
}
