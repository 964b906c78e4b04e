// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization
import Terminal

/// Counts the signals that ask for an end.
final class SignalCount: Sendable {
    private let first = Mutex<ContinuousClock.Instant?>(nil)

    /// Runs the body at the first one; at another that comes a second later or more, the program ends at once.
    ///
    /// Within a second it is the same wish: a terminal sends one to every process, and some pass it on to their children.
    func note(_ body: () -> Void) {
        let isLate: Bool? = first.withLock { first in
            guard let before = first else {
                first = ContinuousClock.now
                return nil
            }
            return ContinuousClock.now - before > .seconds(1)
        }
        guard let isLate else { return body() }
        guard isLate else { return }
        StandardStream.error.write(Array("\ninterrupted at once; envsnap doctor names what is left\n".utf8))
        _exit(ExitStatus.interrupted.rawValue)
    }
}
