// SPDX-License-Identifier: Apache-2.0

/// Why there is no response.
public struct HTTPError: Error, CustomStringConvertible {
    /// What kind of failure it is.
    public struct Code: Hashable, Sendable {
        private enum Kind { case unreachable, noTLS, untrusted, broken, stalled, malformed }
        private let kind: Kind
        /// The server cannot be found, or nothing listens there.
        public static let unreachable = Code(kind: .unreachable)
        /// What listens there does not speak TLS.
        public static let noTLS = Code(kind: .noTLS)
        /// The server's certificate is not to be trusted.
        public static let untrusted = Code(kind: .untrusted)
        /// The connection broke.
        public static let broken = Code(kind: .broken)
        /// Nothing moved for too long.
        public static let stalled = Code(kind: .stalled)
        /// The request cannot be made, or the answer is no HTTP.
        public static let malformed = Code(kind: .malformed)
    }

    /// What kind of failure it is.
    public let code: Code
    /// What libcurl says of it.
    public let message: String

    /// Makes an error.
    public init(code: Code, message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }
}
