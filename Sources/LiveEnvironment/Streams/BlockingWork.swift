// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Synchronization

/// Runs work that blocks away from the threads of Swift's concurrency.
public enum BlockingWork {
    private static let queue = DispatchQueue(label: "envsnap.blocking", attributes: .concurrent)

    /// Tells work that blocks a thread that nobody waits for it any more.
    private final class Interruption: Sendable {
        let isCancelled = Atomic(false)
    }

    @TaskLocal private static var interruption: Interruption?

    /// Runs the body on a thread of its own and waits for it without blocking.
    ///
    /// A cancelled task waits all the same: until the body ends, or comes to `checkInterruption`.
    public static func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        let interruption = Interruption()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                queue.async {
                    let result = Self.$interruption.withValue(interruption) { Swift.Result { try body() } }
                    continuation.resume(with: result)
                }
            }
        } onCancel: {
            interruption.isCancelled.store(true, ordering: .relaxed)
        }
    }

    /// Throws `CancellationError` when the task is cancelled for which `run` runs on this thread; for work that can be
    /// given up between two pieces of data.
    static func checkInterruption() throws {
        if interruption?.isCancelled.load(ordering: .relaxed) == true { throw CancellationError() }
    }

    /// Lets a blocking consumer read what an asynchronous stream brings.
    ///
    /// - Throws: the consumer's error, or the stream's where that came first.
    public static func consume<Stream: AsyncSequence & Sendable, Result: Sendable>(
        _ stream: Stream, with consumer: @escaping @Sendable (_ next: () throws -> [UInt8]?) throws -> Result
    ) async throws -> Result where Stream.Element == [UInt8] {
        let pipe = ChunkPipe()
        // The pump is cancelled where the scope ends, so that a stream that stalls does not hold up a consumer that has
        // all it wants.
        async let _: Void = pump(stream, into: pipe)
        do {
            let result = try await run { try consumer { try pipe.receive() } }
            pipe.abandon()
            return result
        } catch {
            pipe.abandon()
            throw error
        }
    }

    /// Lets an asynchronous consumer read what a blocking producer writes.
    ///
    /// - Throws: the producer's error where it failed, else the consumer's.
    public static func produce<Result: Sendable>(
        _ producer: @escaping @Sendable (_ write: ([UInt8]) throws -> Void) throws -> Void,
        to consumer: (ChunkPipe) async throws -> Result
    ) async throws -> Result {
        let pipe = ChunkPipe()
        async let produced: Void = run {
            let result = Swift.Result { try producer { try pipe.send($0) } }
            pipe.finish(result)
            if case .failure(let error) = result, !(error is CancellationError) { throw error }
        }
        do {
            let result = try await consumer(pipe)
            pipe.abandon()
            try await produced
            return result
        } catch {
            pipe.abandon()
            try await produced
            throw error
        }
    }

    private static func pump<Stream: AsyncSequence & Sendable>(_ stream: Stream, into pipe: ChunkPipe) async
    where Stream.Element == [UInt8] {
        do {
            for try await chunk in stream { try await pipe.sendAsynchronously(chunk) }
            pipe.finish()
        } catch {
            pipe.finish(.failure(error))
        }
    }
}
