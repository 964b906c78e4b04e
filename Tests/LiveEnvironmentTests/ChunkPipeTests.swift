// SPDX-License-Identifier: Apache-2.0

import LiveEnvironment
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct ChunkPipeTests {
    struct Broken: Error {}

    @Test func `chunks come out as they went in`() async throws {
        let chunks = (0..<100).map { [UInt8](repeating: UInt8($0), count: $0 + 1) }
        let received = try await BlockingWork.consume(Self.stream(chunks)) { next in
            var all: [[UInt8]] = []
            while let chunk = try next() { all.append(chunk) }
            return all
        }
        #expect(received == chunks)
    }

    @Test func `a sender waits until there is room`() async throws {
        let pipe = ChunkPipe(capacity: 2)
        let sent = Mutex(0)
        async let sending: Void = BlockingWork.run {
            for index in 1...6 {
                try pipe.send([1])
                sent.withLock { $0 = index }
            }
            pipe.finish()
        }
        try await Self.until { sent.withLock { $0 } == 2 }
        try await Task.sleep(for: .milliseconds(50))
        #expect(sent.withLock { $0 } == 2)
        #expect(try await pipe.receiveAsynchronously() == [1])
        try await Self.until { sent.withLock { $0 } == 3 }
        var rest = 0
        for try await _ in pipe { rest += 1 }
        try await sending
        #expect(rest == 5)
    }

    @Test func `an asynchronous sender waits until there is room`() async throws {
        let pipe = ChunkPipe(capacity: 2)
        let sent = Mutex(0)
        let sending = Task {
            for index in 1...6 {
                try await pipe.sendAsynchronously([1])
                sent.withLock { $0 = index }
            }
            pipe.finish()
        }
        try await Self.until { sent.withLock { $0 } == 2 }
        try await Task.sleep(for: .milliseconds(50))
        #expect(sent.withLock { $0 } == 2)
        let received = try await BlockingWork.run {
            var count = 0
            while try pipe.receive() != nil { count += 1 }
            return count
        }
        try await sending.value
        #expect(received == 6)
    }

    @Test func `what was sent before an error is received before it`() async throws {
        let pipe = ChunkPipe()
        try pipe.send([1])
        pipe.finish(.failure(Broken()))
        pipe.finish()
        #expect(try await pipe.receiveAsynchronously() == [1])
        await #expect(throws: Broken.self) { try await pipe.receiveAsynchronously() }
        #expect(throws: Broken.self) { try pipe.receive() }
    }

    @Test func `nobody sends into an abandoned pipe`() async throws {
        let pipe = ChunkPipe(capacity: 1)
        pipe.abandon()
        #expect(throws: CancellationError.self) { try pipe.send([1]) }
        await #expect(throws: CancellationError.self) { try await pipe.sendAsynchronously([1]) }
    }

    @Test func `a source serves chunks in pieces of any size`() throws {
        var chunks: [[UInt8]] = [[1, 2, 3], [], [4], [5, 6, 7, 8]]
        let source = ChunkSource { chunks.isEmpty ? nil : chunks.removeFirst() }
        var all: [UInt8] = []
        var counts: [Int] = []
        while true {
            var buffer = [UInt8](repeating: 0, count: 2)
            let count = try buffer.withUnsafeMutableBytes { try source.read(into: $0) }
            if count == 0 { break }
            all += buffer[..<count]
            counts.append(count)
        }
        #expect(all == [1, 2, 3, 4, 5, 6, 7, 8])
        #expect(counts == [2, 1, 1, 2, 2])
    }

    static func stream(_ chunks: [[UInt8]]) -> AsyncThrowingStream<[UInt8], any Error> {
        AsyncThrowingStream { continuation in
            for chunk in chunks { continuation.yield(chunk) }
            continuation.finish()
        }
    }

    /// Waits for something that another thread brings about; the suite's time limit ends it.
    static func until(_ condition: () -> Bool) async throws {
        while !condition() { try await Task.sleep(for: .milliseconds(2)) }
    }
}
