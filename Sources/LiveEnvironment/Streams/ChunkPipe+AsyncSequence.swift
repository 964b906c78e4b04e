// SPDX-License-Identifier: Apache-2.0

extension ChunkPipe: AsyncSequence {
    /// Receives from the pipe in asynchronous code.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let pipe: ChunkPipe

        /// The next chunk; nil at the end.
        public mutating func next() async throws -> [UInt8]? { try await pipe.receiveAsynchronously() }
    }

    /// An iterator over the chunks; there is to be only one.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pipe: self) }
}
