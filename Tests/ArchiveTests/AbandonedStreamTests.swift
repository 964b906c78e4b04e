// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Archive

/// Compressors that are let go before their end, as those of a layer that turns out to be another one.
@Suite struct AbandonedStreamTests {
    private struct Refused: Error {}

    private static func abandon(_ filter: WriteHandle.Filter, sink: @escaping ByteSink) throws {
        let handle = try WriteHandle(sink: sink)
        try handle.begin(filter, level: 1)
        try [UInt8](repeating: 7, count: 100_000).withUnsafeBytes { try handle.write($0) }
    }

    /// Gives how many bytes had come when the stream was let go.
    private static func abandon(_ filter: WriteHandle.Filter, after count: Int, _ collected: Collector) throws -> Int {
        let handle = try WriteHandle(sink: collected.take)
        try handle.begin(filter, level: 1)
        var random = SplitMix(state: 1)
        let bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        try bytes.withUnsafeBytes { try handle.write($0) }
        return withExtendedLifetime(handle) { collected.bytes.count }
    }

    @Test(arguments: [WriteHandle.Filter.gzip, .zstd]) func `nothing comes after the last write`(
        _ filter: WriteHandle.Filter
    ) throws {
        let collected = Collector()
        let before = try Self.abandon(filter, after: 2_000_000, collected)
        #expect(before > 0 && collected.bytes.count == before)
    }

    /// Each would leave half a megabyte; other tests that run meanwhile take some as well.
    @Test(arguments: [WriteHandle.Filter.gzip, .zstd]) func `its memory is given back`(
        _ filter: WriteHandle.Filter
    ) throws {
        let before = try Self.dataKilobytes()
        for number in 0..<1_500 {
            try? Self.abandon(filter) { _ in if number % 2 == 0 { throw Refused() } }
        }
        #expect(try Self.dataKilobytes() - before < 400_000)
    }

    /// The size of the data segment and of what was allocated beside it, touched or not.
    private static func dataKilobytes() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmData:") })
        return try #require(Int(line.filter(\.isNumber)))
    }
}
