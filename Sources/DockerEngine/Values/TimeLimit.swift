// SPDX-License-Identifier: Apache-2.0

/// How long a request may take.
public enum TimeLimit: Sendable, Hashable {
    /// What the engine's `EngineLimits` say.
    case standard
    /// As long as it takes, such as for a wait on a container.
    case none
    /// At most this long.
    case after(Duration)

    func duration(standard: Duration) -> Duration? {
        switch self {
        case .standard: standard
        case .none: nil
        case .after(let duration): duration
        }
    }
}
