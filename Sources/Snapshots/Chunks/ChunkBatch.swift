// SPDX-License-Identifier: Apache-2.0
import Archive

/// Bytes of an archive with the places where chunks end in them; what is behind the last one is still open.
final class ChunkBatch {
    private let buffer = FillBuffer(capacity: 4 << 20)
    private(set) var pieces: [Piece] = []
    private var openStart = 0

    /// What comes next in an archive.
    enum Piece {
        /// A chunk that was read.
        case chunk(Range<Int>)
        /// A chunk that was not, because it is known.
        case known(ChunkReference)
        /// The first chunk of a file comes next, which is to be recorded.
        case fileBegins(ContentVersion)
        /// Its last chunk was the one before.
        case fileEnds(isReliable: Bool)
    }

    /// The bytes behind the last chunk.
    var open: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: buffer.bytes[openStart...]) }
    var isFull: Bool { buffer.isFull || pieces.count >= 1 << 14 }

    /// Takes in what there is room for, and says how many bytes.
    func fill(_ bytes: UnsafeRawBufferPointer) -> Int { buffer.fill(bytes) }

    /// Ends a chunk after that many of the open bytes.
    func close(_ length: Int) {
        pieces.append(.chunk(openStart..<openStart + length))
        openStart += length
    }

    /// Notes something that has no bytes here.
    func append(_ piece: Piece) { pieces.append(piece) }

    /// The bytes of all chunks that were read.
    var chunkBytes: [UnsafeRawBufferPointer] {
        pieces.compactMap {
            guard case .chunk(let range) = $0 else { return nil }
            return UnsafeRawBufferPointer(rebasing: buffer.bytes[range])
        }
    }

    /// Forgets everything, so that it can be filled anew.
    func clear() {
        buffer.used = 0
        pieces.removeAll(keepingCapacity: true)
        openStart = 0
    }
}
