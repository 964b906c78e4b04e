// SPDX-License-Identifier: Apache-2.0

/// What the archive module throws; what a caller's own sink or source threw is rethrown as it is.
public struct ArchiveError: Error, Codable, CustomStringConvertible {
    /// The kind of failure, for callers that decide by it.
    public let code: Code
    /// What happened and what to do, with names escaped for a terminal.
    public let message: String
    /// The path of the entry it is about, when it is about one.
    public let path: [UInt8]?
    /// The error number, when a system call failed.
    public let errorNumber: CInt?

    init(_ code: Code, _ message: String, path: [UInt8]? = nil, errorNumber: CInt? = nil) {
        self.code = code
        self.message = message
        self.path = path
        self.errorNumber = errorNumber
    }

    /// The message.
    public var description: String { message }
}
