// SPDX-License-Identifier: Apache-2.0

/// Why a project cannot be brought up, or images cannot be sent.
public struct ProvisioningError: Error, CustomStringConvertible {
    /// What kind of failure it is.
    public struct Code: Sendable, Equatable {
        private enum Kind {
            case noComposeTool, noComposeFile, badComposeFile, composeFailed, portTaken, imageMissing, fileMissing
            case noSuchHost, unclear, interrupted, failed
        }
        private let kind: Kind
        /// No compose tool is installed on the machine or in a host.
        public static let noComposeTool = Code(kind: .noComposeTool)
        /// There is no compose file in the folder.
        public static let noComposeFile = Code(kind: .noComposeFile)
        /// A compose file cannot be understood.
        public static let badComposeFile = Code(kind: .badComposeFile)
        /// The compose tool failed.
        public static let composeFailed = Code(kind: .composeFailed)
        /// A port that a service publishes is taken.
        public static let portTaken = Code(kind: .portTaken)
        /// No engine has an image, and it can be neither built nor pulled.
        public static let imageMissing = Code(kind: .imageMissing)
        /// A file that a compose file names is not there.
        public static let fileMissing = Code(kind: .fileMissing)
        /// No host of that name.
        public static let noSuchHost = Code(kind: .noSuchHost)
        /// Something can be understood in more than one way.
        public static let unclear = Code(kind: .unclear)
        /// It was interrupted half-way, and what was done stays.
        public static let interrupted = Code(kind: .interrupted)
        /// Anything else.
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

    /// A failure with what to do about it.
    public init(_ code: Code, _ message: String, hint: String? = nil, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
        self.cause = cause
    }

    /// The message with its cause.
    public var description: String { cause.map { "\(message): \($0)" } ?? message }
}
