// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Archive

/// Checked against gzip(1) in both directions.
@Suite struct GzipTests {
    private static let sizes = [0, 1, 511, 262_144, 262_145, 1_000_003]

    /// Bytes of which half compress well.
    private static func bytes(_ count: Int) -> [UInt8] {
        var random = SplitMix(state: UInt64(count))
        return (0..<count).map { $0 % 1000 < 500 ? UInt8(truncatingIfNeeded: random.next()) : UInt8($0 % 7) }
    }

    private static func compress(_ bytes: [UInt8], level: Int = 1, pieces: Int = 10_007) throws -> [UInt8] {
        let collected = Collector()
        let compressor = try GzipCompressor(level: level, sink: collected.take)
        var rest = bytes[...]
        while !rest.isEmpty {
            try Array(rest.prefix(pieces)).withUnsafeBytes { try compressor.write($0) }
            rest = rest.dropFirst(pieces)
        }
        try compressor.finish()
        return collected.bytes
    }

    private static func decompress(_ bytes: [UInt8], buffer size: Int = 100_003) throws -> [UInt8] {
        let decompressor = try GzipDecompressor(source: memorySource(bytes))
        var buffer = [UInt8](repeating: 0, count: size)
        var result: [UInt8] = []
        while case let count = try buffer.withUnsafeMutableBytes({ try decompressor.read(into: $0) }), count > 0 {
            result += buffer[..<count]
        }
        return result
    }

    @Test(arguments: sizes) func `gzip reads what was compressed`(_ count: Int) throws {
        let bytes = Self.bytes(count)
        #expect(try Shell.run("gzip", "-dc", input: try Self.compress(bytes)) == bytes)
    }

    @Test func `a higher level compresses more`() throws {
        let bytes = Array(String(repeating: "the quick brown fox, ", count: 20_000).utf8)
        let (fast, small) = (try Self.compress(bytes, level: 1), try Self.compress(bytes, level: 9))
        #expect(small.count < fast.count)
        #expect(try Shell.run("gzip", "-dc", input: small) == bytes)
    }

    @Test(arguments: sizes.dropFirst()) func `what gzip compressed is read`(_ count: Int) throws {
        let bytes = Self.bytes(count)
        #expect(try Self.decompress(try Shell.run("gzip", "-c", input: bytes)) == bytes)
        #expect(try Self.decompress(try Shell.run("gzip", "-9c", input: bytes), buffer: 777) == bytes)
    }

    @Test func `several members in one stream are read as one`() throws {
        let (first, second) = (Self.bytes(70_000), Self.bytes(3))
        let stream = try Shell.run("gzip", "-c", input: first) + Shell.run("gzip", "-c", input: second)
        #expect(try Self.decompress(stream) == first + second)
    }

    @Test(arguments: [50_000, 1_000_000], [1, 9, 10_000])
    func `a stream that ends too early is an error`(_ count: Int, _ missing: Int) throws {
        let stream = try Shell.run("gzip", "-c", input: Self.bytes(count))
        let failure = code { _ = try Self.decompress(Array(stream.dropLast(missing))) }
        #expect(failure == .damaged || failure == .truncated)
    }

    @Test(arguments: ["", "plain", "PK\u{3}\u{4} a zip file, say", String(repeating: "tar", count: 400)])
    func `what is no gzip stream is not passed through`(_ text: String) throws {
        let failure = code { _ = try Self.decompress(Array(text.utf8)) }
        #expect(failure == .damaged || failure == .truncated)
    }

    @Test func `the source's own error comes through`() throws {
        struct Broken: Error {}
        #expect(throws: Broken.self) { try GzipDecompressor(source: { _ in throw Broken() }) }
    }
}
