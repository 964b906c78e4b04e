// SPDX-License-Identifier: Apache-2.0

/// What a process writes, standard output and standard error apart; for one pass by one reader.
public struct FrameStream: AsyncSequence, Sendable {
    private let reader: FrameReader

    init(_ source: any ChunkSource, framing: Framing) { reader = FrameReader(source, framing: framing) }

    /// The iterator over the stream; there is only one pass.
    public func makeAsyncIterator() -> Iterator { Iterator(reader: reader) }

    /// Closes the connection, and returns when it is closed.
    public func close() async { await reader.source.close() }

    /// Hands out the pieces of a stream.
    public struct Iterator: AsyncIteratorProtocol {
        let reader: FrameReader

        /// The next piece, never empty; nil at the end.
        public mutating func next() async throws -> StreamChunk? { try await reader.next() }
    }
}
