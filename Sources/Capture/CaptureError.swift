// SPDX-License-Identifier: Apache-2.0

/// Why an environment cannot be captured.
public struct CaptureError: Error, CustomStringConvertible {
    /// What kind of failure it is.
    public struct Code: Sendable, Equatable {
        private enum Kind { case noSuchHost, bindSourceGone, imageIncomplete, unreadable, unpauseFailed }
        private let kind: Kind
        /// A container that was named as a host is not there.
        public static let noSuchHost = Code(kind: .noSuchHost)
        /// A path that is bound into a container is no longer there.
        public static let bindSourceGone = Code(kind: .bindSourceGone)
        /// The engine's archive of an image lacks a part of it.
        public static let imageIncomplete = Code(kind: .imageIncomplete)
        /// Something could not be read.
        public static let unreadable = Code(kind: .unreadable)
        /// A container that was paused for the capture could not be set going again.
        public static let unpauseFailed = Code(kind: .unpauseFailed)
    }

    /// What kind of failure it is.
    public let code: Code
    /// What happened.
    public let message: String
    /// What to do about it.
    public let hint: String?

    init(_ code: Code, _ message: String, hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
    }

    /// The message with what to do.
    public var description: String { hint.map { "\(message); \($0)" } ?? message }
}
