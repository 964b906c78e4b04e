// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Archive

@Suite("cutting into chunks")
struct ChunkCutterTests {
    private static func random(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var generator = SplitMix(state: seed)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 8)
        while bytes.count < count {
            let word = generator.next()
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        return Array(bytes.prefix(count))
    }

    /// The lengths of the chunks of bytes that come in portions.
    private static func lengths(_ bytes: [UInt8], portion: Int = .max) throws -> [Int] {
        var cutter = try ChunkCutter()
        var lengths: [Int] = []
        var start = 0
        var end = 0
        while end < bytes.count {
            end += min(portion, bytes.count - end)
            while let length = bytes[start..<end].withUnsafeBytes({ cutter.cut($0) }) {
                lengths.append(length)
                start += length
            }
        }
        return start < bytes.count ? lengths + [bytes.count - start] : lengths
    }

    private static func chunks(_ bytes: [UInt8]) throws -> [[UInt8]] {
        var start = 0
        return try lengths(bytes).map { length in
            defer { start += length }
            return Array(bytes[start..<start + length])
        }
    }

    @Test func theTableIsTheDocumentedOne() throws {
        let table = try GearTable()
        for byte in [0, 1, 97, 255] {
            let sum = try Shell.run("sha256sum", input: [UInt8(byte)])
            #expect(UInt64(String(decoding: sum.prefix(16), as: UTF8.self), radix: 16) == table.values[byte])
        }
    }

    /// A change of these lengths changes the ids of all snapshots.
    @Test func theBoundariesAreThoseOfFormatVersion2() throws {
        #expect(try Self.lengths(Self.random(1 << 20)) == Self.golden)
    }

    static let golden = [107936, 156991, 121990, 184618, 123190, 150032, 113661, 68356, 21802]

    @Test func lengthsAreWithinTheirBounds() throws {
        let lengths = try Self.lengths(Self.random(48 << 20))
        #expect(lengths.dropLast().allSatisfy { $0 > ChunkRules.smallest && $0 <= ChunkRules.largest })
        let mean = lengths.reduce(0, +) / lengths.count
        #expect((118 << 10..<138 << 10).contains(mean), "the mean is \(mean)")
        #expect(try Self.lengths([UInt8](repeating: 0, count: 2 << 20)) == Array(repeating: 512 << 10, count: 4))
    }

    @Test(arguments: [1, 4095, 65_536, 100_000]) func portionsMakeNoDifference(_ portion: Int) throws {
        let bytes = Self.random(portion == 1 ? 300_000 : 3 << 20, seed: 2)
        #expect(try Self.lengths(bytes, portion: portion) == Self.lengths(bytes))
    }

    @Test func boundariesFollowTheContent() throws {
        let bytes = Self.random(8 << 20, seed: 3)
        let before = Set(try Self.chunks(bytes))
        for place in [0, 1 << 20, 5_000_001] {
            var changed = bytes
            changed.insert(contentsOf: [1, 2, 3], at: place)
            let new = try Self.chunks(changed).filter { !before.contains($0) }
            #expect(new.count <= 3, "\(new.count) chunks are new after an insertion at \(place)")
        }
        let new = try Self.chunks(Array(bytes.dropFirst(2 << 20))).filter { !before.contains($0) }
        #expect(new.count <= 2)
    }

    @Test func aRestartedCutterKnowsNothingOfWhatWas() throws {
        let bytes = Self.random(1 << 20, seed: 4)
        var cutter = try ChunkCutter()
        #expect(Self.random(40_000, seed: 5).withUnsafeBytes { cutter.cut($0) } == nil)
        cutter.restart()
        #expect(bytes.withUnsafeBytes { cutter.cut($0) } == (try Self.lengths(bytes).first))
    }
}
