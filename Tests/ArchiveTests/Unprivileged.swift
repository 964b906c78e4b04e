// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Runs code as a user who may not override permissions or change owners.
enum Unprivileged {
    /// On a thread of its own: setfsuid(2) is a thread's, and takes the file capabilities along.
    static func run<Result: Sendable>(_ body: @escaping @Sendable () -> Result) -> Result? {
        typealias Call = @convention(c) (uid_t) -> CInt
        // Glibc hides the function behind _GNU_SOURCE.
        guard let symbol = dlsym(nil, "setfsuid") else { return nil }
        let setUser = unsafeBitCast(symbol, to: Call.self)
        nonisolated(unsafe) var result: Result?
        let done = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            _ = setUser(65534)
            result = body()
            _ = setUser(0)
            done.signal()
        }
        done.wait()
        return result
    }
}
