// SPDX-License-Identifier: Apache-2.0

/// Why a snapshot cannot be replayed.
public struct ReplayError: Error, CustomStringConvertible {
    /// What kind of failure it is.
    public struct Code: Sendable, Equatable {
        private enum Kind {
            case noCapsuleImage, capsuleFailed, conflict, noSuchPath, noSuchReplay, interrupted
            case refused, failed
        }
        private let kind: Kind
        /// Nothing in the snapshot can serve as a capsule and no image was named.
        public static let noCapsuleImage = Code(kind: .noCapsuleImage)
        /// The capsule ended, or its engine did not come up.
        public static let capsuleFailed = Code(kind: .capsuleFailed)
        /// What is to be made is already there, or overlaps with what is.
        public static let conflict = Code(kind: .conflict)
        /// No host or container of that path.
        public static let noSuchPath = Code(kind: .noSuchPath)
        /// No replay of that name.
        public static let noSuchReplay = Code(kind: .noSuchReplay)
        /// It was interrupted half-way, and what was done stays.
        public static let interrupted = Code(kind: .interrupted)
        /// It asks for what was not allowed.
        public static let refused = Code(kind: .refused)
        /// An object could not be made.
        public static let failed = Code(kind: .failed)
    }

    /// What kind of failure it is.
    public let code: Code
    /// What happened.
    public let message: String
    /// What to do about it.
    public let hint: String?
    /// The failure below it.
    public let cause: (any Error)?

    init(_ code: Code, _ message: String, hint: String? = nil, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
        self.cause = cause
    }

    /// The message with its cause.
    public var description: String { cause.map { "\(message): \($0)" } ?? message }
}
