// SPDX-License-Identifier: Apache-2.0

/// Where a replay lives.
public enum ReplayMode: String, Hashable, Sendable, CaseIterable {
    /// In a container with an engine of its own.
    case capsule
    /// On the engine that was reached.
    case direct
}
