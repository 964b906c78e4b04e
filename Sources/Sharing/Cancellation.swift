// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Tells work that blocks a thread that nobody waits for it any more.
public final class Cancellation: Sendable {
    private let flag = Atomic(false)

    /// Nothing is cancelled yet.
    public init() {}

    /// Cancels the work at its next step.
    public func cancel() { flag.store(true, ordering: .relaxed) }

    /// Whether the work is cancelled.
    var isCancelled: Bool { flag.load(ordering: .relaxed) }

    /// Throws `CancellationError` when the work is cancelled.
    public func check() throws {
        if isCancelled { throw CancellationError() }
    }
}
