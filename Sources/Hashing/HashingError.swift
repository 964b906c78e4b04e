// SPDX-License-Identifier: Apache-2.0

/// libcrypto would not compute a digest.
public struct HashingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String { case unavailable, failed }
        private let kind: Kind

        /// libcrypto offers no SHA-256, or has no memory for it.
        public static let unavailable = Code(kind: .unavailable)
        /// A step of the computation failed.
        public static let failed = Code(kind: .failed)

        /// The code's name.
        public var description: String { kind.rawValue }
    }

    /// What went wrong.
    public let code: Code
    /// What happened and what to do.
    public let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }
}
