// SPDX-License-Identifier: Apache-2.0

/// Why a running environment cannot be looked at or written to.
public struct LiveEnvironmentError: Error, CustomStringConvertible {
    /// What kind of failure it is.
    public struct Code: Sendable, Equatable, Codable {
        private enum Kind: String, Codable {
            case noSuchProject, ambiguousProject, hostDoesNotAnswer, imageVanished, dataOutOfReach, helperFailed
            case noSuchContainer, noShell, noSuchFile, notCopied, extractionFailed
        }
        private let kind: Kind
        /// No compose project of that name runs on the engine.
        public static let noSuchProject = Code(kind: .noSuchProject)
        /// Several compose projects run and none was named.
        public static let ambiguousProject = Code(kind: .ambiguousProject)
        /// A host's engine does not answer.
        public static let hostDoesNotAnswer = Code(kind: .hostDoesNotAnswer)
        /// The image of a container is no longer on its engine.
        public static let imageVanished = Code(kind: .imageVanished)
        /// The files that an engine names cannot be reached.
        public static let dataOutOfReach = Code(kind: .dataOutOfReach)
        /// The helper on the engine's machine could not be started, or failed.
        public static let helperFailed = Code(kind: .helperFailed)
        /// No container of that path, or none that runs.
        public static let noSuchContainer = Code(kind: .noSuchContainer)
        /// The process that takes an archive apart could not be started, or was ended.
        public static let extractionFailed = Code(kind: .extractionFailed)
        /// A container has no shell that could run a probe.
        public static let noShell = Code(kind: .noShell)
        /// No file of that path.
        public static let noSuchFile = Code(kind: .noSuchFile)
        /// Files cannot be copied as asked.
        public static let notCopied = Code(kind: .notCopied)
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
