// SPDX-License-Identifier: Apache-2.0

/// A source of bytes for uploads that tells when it is asked.
struct Chunks: AsyncSequence, Sendable {
    struct SourceFailure: Error {}

    var count: Int
    var size: Int
    var byte: UInt8 = 1
    var failsAtEnd = false
    var onNext: @Sendable () -> Void = {}

    init(
        count: Int, size: Int, byte: UInt8 = 1, failsAtEnd: Bool = false, onNext: @escaping @Sendable () -> Void = {}
    ) {
        self.count = count
        self.size = size
        self.byte = byte
        self.failsAtEnd = failsAtEnd
        self.onNext = onNext
    }

    func makeAsyncIterator() -> Iterator { Iterator(chunks: self) }

    struct Iterator: AsyncIteratorProtocol {
        let chunks: Chunks
        var given = 0

        mutating func next() async throws -> [UInt8]? {
            chunks.onNext()
            guard given < chunks.count else {
                if chunks.failsAtEnd { throw SourceFailure() }
                return nil
            }
            given += 1
            return [UInt8](repeating: chunks.byte, count: chunks.size)
        }
    }
}
