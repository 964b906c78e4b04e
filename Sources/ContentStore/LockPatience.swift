// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage

/// How long a lock is waited for that somebody else holds.
public struct LockPatience: Sendable {
    /// Not at all.
    public static let none = LockPatience(shared: .zero, exclusive: .zero, names: .zero) { _ in }

    /// For a shared lock on the store: who excludes it is soon done.
    private let shared: Duration
    /// For an exclusive lock on the store.
    private let exclusive: Duration
    /// For a lock on something in it.
    let names: Duration
    private let report: @Sendable (String) -> Void

    /// Some patience; `report` is told once who is waited for.
    public init(
        shared: Duration, exclusive: Duration, names: Duration, report: @escaping @Sendable (String) -> Void
    ) {
        (self.shared, self.exclusive, self.names, self.report) = (shared, exclusive, names, report)
    }

    /// The longest time for a lock on the store.
    func limit(_ mode: StoreLock.Mode) -> Duration { mode == .shared ? shared : exclusive }

    /// Tries until there is a lock or the time is over; then the error is `locked`, with the text of `refusal`.
    ///
    /// A lock is asked for again and again, since a wait inside flock(2) can be neither limited nor cancelled.
    func take(
        within limit: Duration, _ attempt: () throws(ContentStoreError) -> FileDescriptor?, refusal: () -> String
    ) throws(ContentStoreError) -> FileDescriptor {
        let end = ContinuousClock.now + limit
        var isTold = false
        while true {
            if let descriptor = try attempt() { return descriptor }
            guard !Task.isCancelled else {
                throw ContentStoreError(.interrupted, "interrupted while waiting for a lock")
            }
            guard ContinuousClock.now < end else {
                throw ContentStoreError(.locked, refusal() + "; try again when it has ended")
            }
            if !isTold { report("waiting: " + refusal()) }
            isTold = true
            usleep(100_000)
        }
    }
}
