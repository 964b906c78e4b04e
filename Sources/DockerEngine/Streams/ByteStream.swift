// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Bytes from an engine, read only as fast as they are taken; for one pass by one reader.
///
/// It ends without an error only when all bytes have come: a connection that is cut throws `EngineError` with
/// `.cutStream`. A stream that is not read to its end closes its connection when it is released, or by `close()`.
public struct ByteStream: AsyncSequence, Sendable {
    private let source: any ChunkSource

    init(_ source: any ChunkSource) { self.source = source }

    /// The iterator over the stream; there is only one pass.
    public func makeAsyncIterator() -> Iterator { Iterator(source: source) }

    /// Closes the connection, and returns when it is closed; the engine has then let go of what it read from.
    public func close() async { await source.close() }

    /// Hands out the pieces of a stream.
    public struct Iterator: AsyncIteratorProtocol {
        let source: any ChunkSource

        /// The next piece, never empty; nil at the end.
        public mutating func next() async throws -> [UInt8]? {
            try await source.next().map { Array($0.readableBytesView) }
        }
    }
}
