// SPDX-License-Identifier: Apache-2.0

extension EngineError {
    /// A kind of failure; open, so that later versions can add to it.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Value: String {
            case badFrame = "bad-frame"
            case badRequest = "bad-request"
            case closed
            case conflict
            case cutStream = "cut-stream"
            case engineFailure = "engine-failure"
            case hostNotRunning = "host-not-running"
            case invalidAddress = "invalid-address"
            case noCommandLine = "no-command-line"
            case notAnEngine = "not-an-engine"
            case notFound = "not-found"
            case permissionDenied = "permission-denied"
            case protocolViolation = "protocol-violation"
            case timedOut = "timed-out"
            case tooLarge = "too-large"
            case unreachable
            case untrusted
            case unsupported
        }

        private let value: Value

        private init(_ value: Value) { self.value = value }

        /// The word for the code, as `--json` shows it.
        public var description: String { value.rawValue }

        /// A multiplexed stream held something that is no frame.
        public static let badFrame = Code(.badFrame)
        /// The engine did not understand the request, or refused its content (HTTP 400).
        public static let badRequest = Code(.badRequest)
        /// The engine was used after it had been closed.
        public static let closed = Code(.closed)
        /// The object is in a state that forbids the request, or the name is taken (HTTP 409).
        public static let conflict = Code(.conflict)
        /// The connection ended before what it carried was complete.
        public static let cutStream = Code(.cutStream)
        /// The engine reported a failure of its own.
        public static let engineFailure = Code(.engineFailure)
        /// The container that should hold a nested engine is paused or does not run.
        public static let hostNotRunning = Code(.hostNotRunning)
        /// The address of an engine cannot be understood.
        public static let invalidAddress = Code(.invalidAddress)
        /// The host has no `docker` command to reach its engine with.
        public static let noCommandLine = Code(.noCommandLine)
        /// Something answers, but it is no Docker engine.
        public static let notAnEngine = Code(.notAnEngine)
        /// The engine has no such object (HTTP 404).
        public static let notFound = Code(.notFound)
        /// The engine's socket may not be opened by this user.
        public static let permissionDenied = Code(.permissionDenied)
        /// The peer broke HTTP.
        public static let protocolViolation = Code(.protocolViolation)
        /// Nothing came within the time allowed.
        public static let timedOut = Code(.timedOut)
        /// An answer was longer than may be held in memory.
        public static let tooLarge = Code(.tooLarge)
        /// Nothing listens where the engine should be.
        public static let unreachable = Code(.unreachable)
        /// What answers cannot prove that it is the engine that was asked for.
        public static let untrusted = Code(.untrusted)
        /// The engine or the address asks for something that envsnap cannot do.
        public static let unsupported = Code(.unsupported)
    }
}
