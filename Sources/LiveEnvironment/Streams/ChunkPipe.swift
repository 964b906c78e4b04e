// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A bounded pipe of byte chunks between asynchronous code and a blocking thread.
///
/// Engine streams are asynchronous, archives and the store block; the bound gives back-pressure in both directions, so
/// that memory does not grow with the data. One sender and one receiver.
public final class ChunkPipe: Sendable {
    private struct State {
        var chunks: [[UInt8]] = []
        var end: Result<Void, any Error>?
        var isAbandoned = false
        var waitingSender: CheckedContinuation<Void, Never>?
        var waitingReceiver: CheckedContinuation<Void, Never>?
    }

    private let condition = NSCondition()
    // Touched only with the condition's lock held.
    nonisolated(unsafe) private var state = State()
    private let capacity: Int

    /// A pipe that holds a few chunks.
    public init(capacity: Int = 4) { self.capacity = capacity }

    /// Sends a chunk from a blocking thread, waiting for room.
    ///
    /// - Throws: `CancellationError` where the receiver went away.
    public func send(_ chunk: [UInt8]) throws {
        condition.lock()
        defer { condition.unlock() }
        while state.chunks.count >= capacity, !state.isAbandoned { condition.wait() }
        guard !state.isAbandoned else { throw CancellationError() }
        state.chunks.append(chunk)
        wakeAll()
    }

    /// Sends a chunk from asynchronous code, waiting for room.
    ///
    /// - Throws: `CancellationError` where the receiver went away.
    public func sendAsynchronously(_ chunk: [UInt8]) async throws {
        while true {
            switch offer(chunk) {
            case true?: return
            case false?: await withCheckedContinuation { parkSender($0) }
            case nil: throw CancellationError()
            }
        }
    }

    /// Ends the stream, well or with an error that the receiver then throws.
    public func finish(_ result: Result<Void, any Error> = .success(())) {
        condition.lock()
        defer { condition.unlock() }
        if state.end == nil { state.end = result }
        wakeAll()
    }

    /// Receives the next chunk on a blocking thread; nil at the end.
    public func receive() throws -> [UInt8]? {
        condition.lock()
        defer { condition.unlock() }
        while state.chunks.isEmpty, state.end == nil { condition.wait() }
        return try takeFirst()
    }

    /// Receives the next chunk in asynchronous code; nil at the end.
    public func receiveAsynchronously() async throws -> [UInt8]? {
        while true {
            if let taken = try poll() { return taken.chunk }
            await withCheckedContinuation { parkReceiver($0) }
        }
    }

    /// Tells the sender that nobody receives any more.
    public func abandon() {
        condition.lock()
        defer { condition.unlock() }
        state.isAbandoned = true
        state.chunks = []
        wakeAll()
    }

    /// Takes a chunk in; false where the pipe is full, nil where it is abandoned.
    private func offer(_ chunk: [UInt8]) -> Bool? {
        condition.lock()
        defer { condition.unlock() }
        guard !state.isAbandoned else { return nil }
        guard state.chunks.count < capacity else { return false }
        state.chunks.append(chunk)
        wakeAll()
        return true
    }

    private func poll() throws -> (chunk: [UInt8]?, Void)? {
        condition.lock()
        defer { condition.unlock() }
        guard !state.chunks.isEmpty || state.end != nil else { return nil }
        return (try takeFirst(), ())
    }

    private func takeFirst() throws -> [UInt8]? {
        guard state.chunks.isEmpty else {
            let chunk = state.chunks.removeFirst()
            wakeAll()
            return chunk
        }
        try state.end?.get()
        return nil
    }

    private func parkSender(_ continuation: CheckedContinuation<Void, Never>) {
        condition.lock()
        defer { condition.unlock() }
        guard state.chunks.count >= capacity, !state.isAbandoned else { return continuation.resume() }
        state.waitingSender = continuation
    }

    private func parkReceiver(_ continuation: CheckedContinuation<Void, Never>) {
        condition.lock()
        defer { condition.unlock() }
        guard state.chunks.isEmpty, state.end == nil else { return continuation.resume() }
        state.waitingReceiver = continuation
    }

    private func wakeAll() {
        condition.broadcast()
        state.waitingSender?.resume()
        state.waitingReceiver?.resume()
        state.waitingSender = nil
        state.waitingReceiver = nil
    }
}
