// SPDX-License-Identifier: Apache-2.0

/// Finds where the chunks of a stream end, by their content alone.
///
/// A gear hash of the last 64 bytes decides, as in FastCDC (Xia et al., USENIX ATC 2016), with two limits, so that most
/// chunks are near the mean. What was inserted or removed moves the boundaries around it and no others.
public struct ChunkCutter {
    private let gear: GearTable
    private var hash: UInt64 = 0
    private var scanned = 0

    /// A cutter at the beginning of a stream.
    ///
    /// - Throws: `HashingError`.
    public init() throws { gear = try GearTable() }

    /// Begins anew, as at the beginning of a stream.
    public mutating func restart() { (hash, scanned) = (0, 0) }

    /// The length of the chunk that the bytes begin with, or nil while its end is not among them.
    ///
    /// After nil it is asked again with the same bytes and more behind them; after a length, with what follows.
    public mutating func cut(_ bytes: UnsafeRawBufferPointer) -> Int? {
        guard let base = bytes.assumingMemoryBound(to: UInt8.self).baseAddress else { return nil }
        let count = min(bytes.count, ChunkRules.largest)
        var place = Place(position: max(scanned, ChunkRules.smallest - ChunkRules.window), hash: hash)
        var isFound = scan(base, &place, to: min(count, ChunkRules.smallest), limit: 0)
        isFound = isFound || scan(base, &place, to: min(count, ChunkRules.strictUntil), limit: ChunkRules.strictLimit)
        isFound = isFound || scan(base, &place, to: count, limit: ChunkRules.looseLimit)
        if isFound || place.position == ChunkRules.largest {
            restart()
            return place.position
        }
        (hash, scanned) = (place.hash, place.position)
        return nil
    }

    private struct Place {
        var position: Int
        var hash: UInt64
    }

    /// Goes on until the hash is below the limit, and says whether it is.
    @inline(__always)
    private func scan(_ base: UnsafePointer<UInt8>, _ place: inout Place, to end: Int, limit: UInt64) -> Bool {
        let values = gear.values
        var (position, hash) = (place.position, place.hash)
        defer { place = Place(position: position, hash: hash) }
        while position < end {
            hash = (hash << 1) &+ values[Int(base[position])]
            position += 1
            if hash < limit { return true }
        }
        return false
    }
}
