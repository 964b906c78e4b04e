// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Synchronization

/// Does pieces of work on all processors, and hands on what they make in the order in which they were begun.
///
/// How many pieces are under way or wait for their turn is bounded for the whole process, so that memory is too, however
/// much is done side by side. After a piece that failed, nothing more is handed on and every call throws its error.
public final class OrderedWork<Product: Sendable>: Sendable {
    private struct State {
        var waiting: [Int: Result<Product, any Error>] = [:]
        var next = 0
        var isHandingOn = false
        var failure: (any Error)?
    }

    private let state = Mutex(State())
    private let group = DispatchGroup()
    private let begun = Atomic(0)
    // Called by one thread at a time.
    nonisolated(unsafe) private let handOn: (Product) throws -> Void

    /// Nothing to do yet; `handOn` is called on other threads, but one call at a time.
    public init(handOn: @escaping (Product) throws -> Void) { self.handOn = handOn }

    /// Begins the next piece once there is room for it.
    ///
    /// - Throws: the error of an earlier piece.
    public func begin(_ make: @escaping @Sendable () throws -> Product) throws {
        workRoom.wait()
        if let failure = state.withLock(\.failure) {
            workRoom.signal()
            throw failure
        }
        let number = begun.wrappingAdd(1, ordering: .relaxed).oldValue
        workers.next.async(group: group) { [self] in took(Result { try make() }, at: number) }
    }

    /// Waits until all is done and handed on.
    ///
    /// - Throws: the error of the first piece that failed.
    public func wait() throws {
        group.wait()
        if let failure = state.withLock(\.failure) { throw failure }
    }

    /// Keeps a result until its turn, and hands on all whose turn it is unless another thread does it already.
    private func took(_ result: Result<Product, any Error>, at number: Int) {
        let isMine = state.withLock { state in
            state.waiting[number] = result
            defer { state.isHandingOn = true }
            return !state.isHandingOn
        }
        guard isMine else { return }
        while let (result, hasFailed) = takeNext() {
            do { if !hasFailed { try handOn(result.get()) } } catch {
                state.withLock { $0.failure = error }
            }
            workRoom.signal()
        }
    }

    private func takeNext() -> (Result<Product, any Error>, hasFailed: Bool)? {
        state.withLock { state in
            guard let result = state.waiting.removeValue(forKey: state.next) else {
                state.isHandingOn = false
                return nil
            }
            state.next += 1
            return (result, state.failure != nil)
        }
    }
}

/// Room for pieces of work: one for each processor, and two that wait for their turn.
private let workRoom = DispatchSemaphore(value: Parallel.width + 2)
private let workers = Workers()

/// One thread for each processor, which take turns.
///
/// Serial queues, because those have threads of their own: a concurrent one would share the threads of the callers, which wait
/// for room, and libdispatch adds others only after a second.
private final class Workers: Sendable {
    private let queues = (0..<Parallel.width).map { DispatchQueue(label: "envsnap.work.\($0)") }
    private let turn = Atomic(0)

    var next: DispatchQueue { queues[turn.wrappingAdd(1, ordering: .relaxed).oldValue % queues.count] }
}
