// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage

/// Waits for a pipe or a terminal without being deaf to an interruption.
enum Readiness {
    /// Returns when a descriptor can be read from or written to, or its other end is gone.
    ///
    /// - Throws: `CancellationError` when the work is cancelled meanwhile.
    static func wait(for descriptor: FileDescriptor, _ events: CInt, _ cancellation: Cancellation) throws {
        var polled = pollfd(fd: descriptor.rawValue, events: Int16(events), revents: 0)
        repeat { try cancellation.check() } while poll(&polled, 1, 200) == 0 || (polled.revents == 0 && errno == EINTR)
    }
}
