// SPDX-License-Identifier: Apache-2.0

/// Known bytes as a source for uploads, in pieces.
struct Pieces: AsyncSequence, Sendable {
    private let bytes: [UInt8]
    private let size: Int

    init(_ bytes: [UInt8], size: Int) {
        self.bytes = bytes
        self.size = size
    }

    func makeAsyncIterator() -> Iterator { Iterator(rest: bytes[...], size: size) }

    struct Iterator: AsyncIteratorProtocol {
        var rest: ArraySlice<UInt8>
        let size: Int

        mutating func next() async throws -> [UInt8]? {
            guard !rest.isEmpty else { return nil }
            defer { rest = rest.dropFirst(size) }
            return Array(rest.prefix(size))
        }
    }
}
