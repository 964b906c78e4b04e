// SPDX-License-Identifier: Apache-2.0

/// A point in time before which several steps together must be done.
struct Deadline: Sendable {
    private let limit: Duration?
    private let end: ContinuousClock.Instant?

    /// A deadline after a time; nil is never.
    init(after limit: Duration?) {
        self.limit = limit
        end = limit.map { ContinuousClock.now + $0 }
    }

    /// The time left; nil where there is no end.
    ///
    /// A little is always left, so that the wire tells of the failure.
    var left: Duration? { end.map { max(.milliseconds(1), $0 - ContinuousClock.now) } }

    /// The failure of a step: one that had no time left failed for the time of all, which is what its user knows of.
    func failure(_ error: any Error) -> any Error {
        guard let limit, case WireFault.timedOut = error else { return error }
        return WireFault.timedOut(limit)
    }
}
