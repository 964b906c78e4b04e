// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

@testable import Archive

@Suite("work on all processors")
struct ParallelTests {
    struct Broken: Error, Equatable { let index: Int }

    @Test func resultsStandInTheirOrder() throws {
        #expect(try Parallel.map(1000) { $0 * 2 } == (0..<1000).map { $0 * 2 })
        #expect(try Parallel.map(0) { $0 }.isEmpty)
    }

    @Test func theFirstErrorIsThrown() {
        let error = #expect(throws: Broken.self) {
            try Parallel.map(100) { index in
                if index == 7 || index == 90 { throw Broken(index: index) }
            }
        }
        #expect(error == Broken(index: 7))
    }

    @Test func stepsAreDoneOneAfterTheOther() throws {
        let backstage = Backstage()
        let done = Mutex<[Int]>([])
        for number in 0..<100 { try backstage.begin { done.withLock { $0.append(number) } } }
        try backstage.wait()
        #expect(done.withLock { $0 } == Array(0..<100))
    }

    @Test func aFailedStepIsToldEveryTime() throws {
        let backstage = Backstage()
        try backstage.begin { throw Broken(index: 1) }
        #expect(throws: Broken.self) { try backstage.begin {} }
        #expect(throws: Broken.self) { try backstage.wait() }
    }

    @Test(arguments: [0, 1, 2 << 20, 9_000_000]) func framesDependOnTheBytesAlone(_ size: Int) throws {
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 11) }
        func compress(by step: Int) throws -> [UInt8] {
            let collected = Collector()
            let compressor = FrameCompressor(sink: collected.take)
            for start in stride(from: 0, to: size, by: step) {
                try bytes[start..<min(start + step, size)].withUnsafeBytes { try compressor.write($0) }
            }
            try compressor.finish()
            return collected.bytes
        }
        let compressed = try compress(by: 1 << 20)
        #expect(try compress(by: 99_999) == compressed)
        #expect(try Shell.run("zstd", "-dc", input: compressed) == bytes)
    }

    @Test func aSinkThatFailsEndsTheCompression() throws {
        let compressor = FrameCompressor { _ in throw Broken(index: 2) }
        let megabyte = [UInt8](repeating: 1, count: 1 << 20)
        #expect(throws: Broken.self) {
            for _ in 0..<100 { try megabyte.withUnsafeBytes { try compressor.write($0) } }
        }
    }
}
