// SPDX-License-Identifier: Apache-2.0

/// The exit statuses of every command; scripts rely on them.
public enum ExitStatus: Int32, Sendable, CaseIterable {
    /// All went well.
    case fine = 0
    /// The command failed.
    case failed = 1
    /// What was compared differs.
    case differs = 3
    /// The capture was committed, but something is not in it.
    case incomplete = 4
    /// The replay needs powers, or a snapshot holds secrets, and the command line does not allow it.
    case refused = 5
    /// There is no such snapshot or replay.
    case notFound = 10
    /// Another envsnap holds the store, or the replay.
    case locked = 11
    /// The store is damaged.
    case damaged = 12
    /// No engine answers.
    case unreachable = 20
    /// The command line cannot be understood.
    case usage = 64
    /// The command was interrupted.
    case interrupted = 130

    /// What the status means, as the manual says it.
    public var meaning: String {
        switch self {
        case .fine: "all went well"
        case .failed: "the command failed"
        case .differs: "what was compared differs"
        case .incomplete: "captured, but incomplete"
        case .refused: "refused: needs an option that allows it"
        case .notFound: "no such snapshot or replay"
        case .locked: "the store or the replay is locked by another envsnap"
        case .damaged: "the store is damaged"
        case .unreachable: "no engine answers"
        case .usage: "wrong usage"
        case .interrupted: "interrupted"
        }
    }
}
