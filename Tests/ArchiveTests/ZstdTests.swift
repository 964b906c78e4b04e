// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Archive

@Suite("zstd streams")
struct ZstdTests {
    static let sample: [UInt8] = {
        var generator = SplitMix(state: 5)
        return (0..<400_000).map { $0 % 1000 < 900 ? UInt8($0 / 1000 % 251) : .random(in: 0...255, using: &generator) }
    }()

    private func compress(_ bytes: [UInt8], level: Int = 3, step: Int = 70_001) throws -> [UInt8] {
        let collected = Collector()
        let compressor = try ZstdCompressor(level: level, sink: collected.take)
        for start in stride(from: 0, to: bytes.count, by: step) {
            try bytes[start..<min(start + step, bytes.count)].withUnsafeBytes { try compressor.write($0) }
        }
        try compressor.finish()
        return collected.bytes
    }

    private func decompress(_ bytes: [UInt8], limit: Int64 = .max, portion: Int = 9999) throws -> [UInt8] {
        let decompressor = try ZstdDecompressor(limit: limit, source: memorySource(bytes))
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: portion)
        while case let count = try buffer.withUnsafeMutableBytes({ try decompressor.read(into: $0) }), count > 0 {
            output += buffer[..<count]
        }
        return output
    }

    @Test(arguments: [1, 3, 19])
    func theToolReadsOurs(level: Int) throws {
        let compressed = try compress(Self.sample, level: level)
        #expect(compressed.count < Self.sample.count / 2)
        #expect(try Shell.run("zstd", "-dc", input: compressed) == Self.sample)
        #expect(try decompress(compressed) == Self.sample)
        #expect(try compress(Self.sample, level: level, step: 70_001) == compressed)
    }

    @Test func weReadTheTool() throws {
        for options in ["-1", "-19 --long=27", "-3 --no-check", "-T2"] {
            let compressed = try Shell.run("sh", "-c", "zstd -c \(options)", input: Self.sample)
            #expect(try decompress(compressed) == Self.sample, "\(options)")
        }
    }

    @Test func emptyStreams() throws {
        let compressed = try compress([])
        #expect(try decompress(compressed) == [])
        #expect(try Shell.run("zstd", "-dc", input: compressed) == [])
        #expect(try decompress(Shell.run("zstd", "-c", input: [])) == [])
        #expect(code { _ = try decompress([]) } == .truncated)
    }

    @Test func framesInARowAreOneStream() throws {
        let first = Array(Self.sample[..<1000])
        let second = Array(Self.sample[1000...])
        let frames = try compress(first) + compress([]) + Shell.run("zstd", "-c", input: second)
        #expect(try decompress(frames) == Self.sample)
        // A skippable frame, https://www.rfc-editor.org/rfc/rfc8878#section-3.1.2
        let skippable: [UInt8] = [0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]
        #expect(try decompress(compress(first) + skippable + compress(second)) == Self.sample)
        #expect(try decompress(skippable + compress(Self.sample)) == Self.sample)
    }

    @Test func everyTruncationIsSeen() throws {
        let compressed = try compress(Self.sample)
        for length in [1, 3, 5, 100, compressed.count / 2, compressed.count - 3, compressed.count - 1] {
            #expect(throws: ArchiveError.self, "cut to \(length)") { try decompress(Array(compressed[..<length])) }
            #expect(throws: ArchiveError.self, "second frame cut to \(length)") {
                try decompress(compressed + compressed[..<length])
            }
        }
    }

    @Test func corruptionIsSeen() throws {
        let checked = try Shell.run("zstd", "-c", "--check", input: Self.sample)
        for position in [0, 2, 4, 50, checked.count / 2, checked.count - 1] {
            var flipped = checked
            flipped[position] ^= 0x40
            #expect(throws: ArchiveError.self, "flipped at \(position)") { try decompress(flipped) }
        }
        #expect(throws: ArchiveError.self) { try decompress(Self.sample) }
        #expect(throws: ArchiveError.self) { try decompress(checked + [1, 2, 3, 4, 5, 6, 7, 8]) }
        #expect(throws: ArchiveError.self, "another filter is never detected") {
            try decompress(Shell.run("gzip", "-c", input: Self.sample))
        }
    }

    @Test func theLimitHolds() throws {
        let bomb = try compress([UInt8](repeating: 0, count: 5_000_000))
        #expect(bomb.count < 2000)
        #expect(code { _ = try decompress(bomb, limit: 4_999_999) } == .limitExceeded)
        #expect(try decompress(bomb, limit: 5_000_000).count == 5_000_000)
    }

    @Test func misuseAndForeignErrors() throws {
        struct Full: Error {}
        #expect(code { _ = try ZstdCompressor(level: 0, sink: { _ in }) } == .misuse)
        let compressor = try ZstdCompressor(sink: { _ in throw Full() })
        #expect(throws: Full.self) {
            try Self.sample.withUnsafeBytes { try compressor.write($0) }
            try compressor.finish()
        }
        #expect(code { try compressor.finish() } == .misuse)
        let decompressor = try ZstdDecompressor(source: { _ in throw Full() })
        var buffer: [UInt8] = [0]
        #expect(throws: Full.self) { try buffer.withUnsafeMutableBytes { _ = try decompressor.read(into: $0) } }
    }

    @Test func anUnfinishedStreamIsTruncated() throws {
        let collected = Collector()
        var compressor: ZstdCompressor? = try ZstdCompressor(sink: collected.take)
        try Self.sample.withUnsafeBytes { try compressor?.write($0) }
        compressor = nil
        #expect(throws: ArchiveError.self) { try decompress(collected.bytes) }
    }
}
