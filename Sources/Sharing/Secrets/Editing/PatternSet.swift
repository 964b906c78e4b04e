// SPDX-License-Identifier: Apache-2.0

/// Many byte strings that are looked for at once.
///
/// A table of bits tells for the next four bytes whether any of them can begin here, which at most places none can; so
/// the speed hardly depends on how many there are.
struct PatternSet: Sendable {
    /// Fewer bytes cannot be looked for.
    static let shortest = 4
    private static let bits: UInt32 = 18

    /// The patterns, as they were given.
    let patterns: [[UInt8]]
    /// How many bytes the longest one has.
    let longest: Int
    private let table: [UInt64]
    private let begins: [UInt32: [Int]]

    /// A set of patterns of at least four bytes.
    init(_ patterns: some Collection<[UInt8]>) {
        let patterns = Array(patterns)
        self.patterns = patterns
        longest = patterns.map(\.count).max() ?? 0
        var table = [UInt64](repeating: 0, count: 1 << Int(Self.bits - 6))
        var begins: [UInt32: [Int]] = [:]
        for (index, pattern) in patterns.enumerated() where pattern.count >= Self.shortest {
            let word = pattern.prefix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
            let place = Self.place(word)
            table[Int(place >> 6)] |= 1 << UInt64(place & 63)
            begins[word, default: []].append(index)
        }
        for (word, indices) in begins {
            begins[word] = indices.sorted { patterns[$0].count > patterns[$1].count }
        }
        (self.table, self.begins) = (table, begins)
    }

    @inline(__always)
    private static func place(_ word: UInt32) -> UInt32 { (word &* 2_654_435_761) >> (32 - bits) }

    /// Where the first pattern begins at or behind a position, and which; of several that begin there the longest.
    ///
    /// A pattern that is not whole before the end is not found.
    func next(in bytes: UnsafeRawBufferPointer, from start: Int) -> (position: Int, pattern: Int)? {
        guard !begins.isEmpty, bytes.count >= Self.shortest else { return nil }
        return table.withUnsafeBufferPointer { table in
            var position = start
            let last = bytes.count - Self.shortest
            while position <= last {
                let word = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self))
                let place = Self.place(word)
                if table[Int(place >> 6)] & (1 << UInt64(place & 63)) != 0, let found = match(word, bytes, position) {
                    return (position, found)
                }
                position += 1
            }
            return nil
        }
    }

    private func match(_ word: UInt32, _ bytes: UnsafeRawBufferPointer, _ position: Int) -> Int? {
        begins[word]?.first { index in
            let pattern = patterns[index]
            guard pattern.count <= bytes.count - position else { return false }
            return bytes[position..<position + pattern.count].elementsEqual(pattern)
        }
    }

    /// The first pattern in some bytes.
    func first(in bytes: [UInt8]) -> Int? { bytes.withUnsafeBytes { next(in: $0, from: 0) }?.pattern }
}
