// SPDX-License-Identifier: Apache-2.0
import Archive

/// Bytes of an archive with the places where chunks end in them; what is behind the last one is still open.
final class ChunkBatch {
    private let buffer = FillBuffer(capacity: 4 << 20)
    private(set) var chunks: [Range<Int>] = []

    private var openStart: Int { chunks.last?.upperBound ?? 0 }
    /// The bytes behind the last chunk.
    var open: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: buffer.bytes[openStart...]) }
    var isFull: Bool { buffer.isFull }
    var isEmpty: Bool { buffer.used == 0 }

    /// Takes in what there is room for, and says how many bytes.
    func fill(_ bytes: UnsafeRawBufferPointer) -> Int { buffer.fill(bytes) }

    /// Ends a chunk after that many of the open bytes.
    func close(_ length: Int) { chunks.append(openStart..<openStart + length) }

    /// The bytes of all chunks.
    var chunkBytes: [UnsafeRawBufferPointer] {
        chunks.map { UnsafeRawBufferPointer(rebasing: buffer.bytes[$0]) }
    }

    /// Forgets everything, so that it can be filled anew.
    func clear() {
        buffer.used = 0
        chunks.removeAll(keepingCapacity: true)
    }
}
