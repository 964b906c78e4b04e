// SPDX-License-Identifier: Apache-2.0

/// What to wait for in the life of a container.
public enum WaitCondition: String, Sendable {
    /// That it does not run; true at once for one that has ended.
    case notRunning = "not-running"
    /// That it ends the next time.
    case nextExit = "next-exit"
    /// That it is removed.
    case removed
}
