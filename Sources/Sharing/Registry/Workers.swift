// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Synchronization

/// Does the same with many things, several at a time, each on a thread of its own.
final class Workers<Item: Sendable>: Sendable {
    private struct State {
        var items: ArraySlice<Item>
        var failure: (any Error)?
    }

    private let state: Mutex<State>

    private init(_ items: [Item]) { state = Mutex(State(items: items[...])) }

    /// Returns when all is done; each worker is made on its thread, and after a failure nothing new is begun.
    ///
    /// - Throws: the first failure.
    static func run(
        _ items: [Item], count: Int, _ makeWorker: @escaping @Sendable () throws -> ((Item) throws -> Void)
    ) throws {
        let workers = Workers(items)
        let queue = DispatchQueue(label: "envsnap.transfers", attributes: .concurrent)
        let group = DispatchGroup()
        for _ in 0..<min(count, items.count) {
            queue.async(group: group) { workers.work(makeWorker) }
        }
        group.wait()
        if let failure = workers.state.withLock({ $0.failure }) { throw failure }
    }

    private func work(_ makeWorker: () throws -> ((Item) throws -> Void)) {
        do {
            let work = try makeWorker()
            while let item = next() { try work(item) }
        } catch {
            state.withLock { if $0.failure == nil { $0.failure = error } }
        }
    }

    private func next() -> Item? { state.withLock { $0.failure == nil ? $0.items.popFirst() : nil } }
}
