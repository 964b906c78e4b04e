// SPDX-License-Identifier: Apache-2.0

/// Serves chunks of any size as a byte source that fills the reader's buffers.
public final class ChunkSource {
    private let next: () throws -> [UInt8]?
    private var chunk: [UInt8] = []
    private var offset = 0

    /// A source over chunks that come one by one; nil ends them.
    public init(_ next: @escaping () throws -> [UInt8]?) { self.next = next }

    /// Fills a part of the buffer; 0 at the end.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while offset == chunk.count {
            guard let fresh = try next() else { return 0 }
            chunk = fresh
            offset = 0
        }
        let count = min(buffer.count, chunk.count - offset)
        chunk.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + count])) }
        offset += count
        return count
    }
}
