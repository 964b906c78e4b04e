// SPDX-License-Identifier: Apache-2.0

/// What went wrong between envsnap and an engine: a code to act on, a sentence to read, often a hint what to do.
public struct EngineError: Error, CustomStringConvertible {
    /// The kind of failure.
    public let code: Code
    /// What happened, with the engine and the request concerned.
    public let message: String
    /// What the user can do about it, where that is known.
    public let hint: String?
    /// The HTTP status the engine answered with, where it answered.
    public let status: Int?
    /// The failure underneath, where there is one.
    public let cause: (any Error)?

    /// An error with its parts.
    public init(
        _ code: Code, _ message: String, hint: String? = nil, status: Int? = nil, cause: (any Error)? = nil
    ) {
        self.code = code
        self.message = message
        self.hint = hint
        self.status = status
        self.cause = cause
    }

    /// The message with its hint.
    public var description: String {
        guard let hint else { return message }
        return "\(message). \(hint)"
    }

    /// The same error at the end of a longer story, such as the host it happened in.
    func prefixed(_ prefix: String) -> EngineError {
        EngineError(code, "\(prefix): \(message)", hint: hint, status: status, cause: cause)
    }
}
