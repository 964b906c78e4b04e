// SPDX-License-Identifier: Apache-2.0
import Archive

/// Reads a data archive out of its chunks; the next ones are fetched while some are used.
final class ChunkedSource: VerifiedSource {
    /// How many bytes are fetched at once.
    private static let portion = 4 << 20

    let size: Int64
    private let list: ChunkListReader
    private let fetcher: ChunkFetcher
    private let backstage = Backstage()
    // Written by a step, read after it was waited for.
    private var fetched: [[UInt8]] = []
    private var pieces: ArraySlice<[UInt8]> = []
    private var offset = 0
    private var given: Int64 = 0
    private var hasBegun = false

    init(size: Int64, list: ChunkListReader, fetcher: ChunkFetcher) {
        (self.size, self.list, self.fetcher) = (size, list, fetcher)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while let piece = pieces.first, offset == piece.count {
            pieces = pieces.dropFirst()
            offset = 0
        }
        if pieces.isEmpty { try takeFetched() }
        guard let piece = pieces.first else { return 0 }
        let count = min(buffer.count, piece.count - offset)
        piece.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + count])) }
        offset += count
        given += Int64(count)
        // Before anybody uses more than was announced.
        guard given <= size else { throw SnapshotError.otherSize(given, size) }
        return count
    }

    private func takeFetched() throws {
        if !hasBegun { try backstage.begin { try self.fetch() } }
        hasBegun = true
        try backstage.wait()
        pieces = fetched[...]
        fetched = []
        if !pieces.isEmpty { return try backstage.begin { try self.fetch() } }
        guard given == size else { throw SnapshotError.otherSize(given, size) }
    }

    private func fetch() throws {
        var references: [ChunkReference] = []
        var length = 0
        while length < Self.portion, let reference = try list.next() {
            references.append(reference)
            length += reference.size
        }
        fetched = try fetcher.fetch(references)
    }
}
