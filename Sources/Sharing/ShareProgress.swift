// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Says how far a transfer of blobs is, at every twentieth of its bytes.
final class ShareProgress: Sendable {
    private let verb: String
    private let total: Int64
    private let report: @Sendable (String) -> Void
    private let state = Mutex((done: Int64(0), step: Int64(-1)))

    init(_ verb: String, total: Int64, report: @escaping @Sendable (String) -> Void) {
        self.verb = verb
        self.total = max(1, total)
        self.report = report
    }

    /// Counts bytes that are done.
    func add(_ count: Int64) {
        let step = state.withLock { state -> Int64? in
            state.done += count
            // What is sent again counts twice.
            let step = min(state.done * 20 / total, 20)
            guard step > state.step else { return nil }
            state.step = step
            return step
        }
        if let step { report("\(verb), \(step * 5) %") }
    }
}
