// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// Standard output of the test process, which all tests share.
public enum StandardOutput {
    private static let turn = Mutex(())

    /// Runs the body with standard output leading to a descriptor, and closes that; one caller at a time.
    ///
    /// As in the program itself, SIGPIPE is ignored.
    public static func leading<Result>(to descriptor: Int32, _ body: () throws -> Result) rethrows -> Result {
        try turn.withLock { _ in
            fflush(nil)
            let saved = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
            let previous = signal(SIGPIPE, SIG_IGN)
            dup2(descriptor, STDOUT_FILENO)
            close(descriptor)
            defer {
                dup2(saved, STDOUT_FILENO)
                close(saved)
                signal(SIGPIPE, previous)
            }
            return try body()
        }
    }
}
