// SPDX-License-Identifier: Apache-2.0

import LiveEnvironment
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct BlockingWorkTests {
    struct Broken: Error, Equatable { let side: String }

    /// Chunks without end.
    struct Endless: AsyncSequence, Sendable {
        let made: Counter
        struct Iterator: AsyncIteratorProtocol {
            let made: Counter
            mutating func next() async throws -> [UInt8]? {
                made.add()
                return [1]
            }
        }
        func makeAsyncIterator() -> Iterator { Iterator(made: made) }
    }

    final class Counter: Sendable {
        private let count = Mutex(0)
        func add() { count.withLock { $0 += 1 } }
        var value: Int { count.withLock { $0 } }
    }

    @Test func `the stream's error reaches the consumer and the caller`() async throws {
        let stream = AsyncThrowingStream<[UInt8], any Error> { continuation in
            continuation.yield([1])
            continuation.finish(throwing: Broken(side: "stream"))
        }
        let seen = Counter()
        await #expect(throws: Broken(side: "stream")) {
            try await BlockingWork.consume(stream) { next in
                while try next() != nil { seen.add() }
            }
        }
        #expect(seen.value == 1)
    }

    @Test func `the consumer's error ends the stream`() async throws {
        let made = Counter()
        await #expect(throws: Broken(side: "consumer")) {
            try await BlockingWork.consume(Endless(made: made)) { next in
                _ = try next()
                throw Broken(side: "consumer")
            }
        }
        let after = made.value
        try await Task.sleep(for: .milliseconds(20))
        #expect(made.value == after)
    }

    @Test func `a consumer may end before the stream does`() async throws {
        let made = Counter()
        let result = try await BlockingWork.consume(Endless(made: made)) { next in try next() }
        #expect(result == [1])
        #expect(made.value < 20)
    }

    @Test func `a consumer that ends does not wait for a stream that stalls`() async throws {
        let stream = AsyncThrowingStream<[UInt8], any Error> { $0.yield([7]) }
        #expect(try await BlockingWork.consume(stream) { next in try next() } == [7])
    }

    @Test func `a cancelled consumer ends with the stream`() async throws {
        let begun = Counter()
        let work = Task {
            let stream = AsyncThrowingStream<[UInt8], any Error> { $0.yield([7]) }
            return try await BlockingWork.consume(stream) { next in
                var count = 0
                while try next() != nil {
                    count += 1
                    begun.add()
                }
                return count
            }
        }
        try await ChunkPipeTests.until { begun.value == 1 }
        work.cancel()
        // A stream made of continuations just ends when its reader is cancelled.
        #expect(try await work.value == 1)
    }

    @Test func `what a producer writes is received`() async throws {
        let sum = try await BlockingWork.produce({ write in for byte in UInt8(0)..<50 { try write([byte]) } }) { pipe in
            var sum = 0
            for try await chunk in pipe { sum += chunk.reduce(0) { $0 + Int($1) } }
            return sum
        }
        #expect(sum == 1225)
    }

    @Test func `the producer's error wins over the consumer's`() async throws {
        await #expect(throws: Broken(side: "producer")) {
            try await BlockingWork.produce({ write in
                try write([1])
                throw Broken(side: "producer")
            }) { pipe in
                do { for try await _ in pipe {} } catch { throw Broken(side: "consumer") }
            }
        }
    }

    @Test func `the producer's error is thrown although the consumer is content`() async throws {
        await #expect(throws: Broken(side: "producer")) {
            try await BlockingWork.produce({ _ in throw Broken(side: "producer") }) { pipe in
                do { for try await _ in pipe {} } catch { return }
            }
        }
    }

    @Test func `a consumer's error stops an endless producer`() async throws {
        let written = Counter()
        await #expect(throws: Broken(side: "consumer")) {
            try await BlockingWork.produce({ write in
                while true {
                    try write([1])
                    written.add()
                }
            }) { pipe in
                _ = try await pipe.receiveAsynchronously()
                throw Broken(side: "consumer")
            }
        }
        #expect(written.value < 20)
    }

    @Test func `a consumer may end before the producer does`() async throws {
        let first = try await BlockingWork.produce({ write in while true { try write([9]) } }) { pipe in
            try await pipe.receiveAsynchronously()
        }
        #expect(first == [9])
    }
}
