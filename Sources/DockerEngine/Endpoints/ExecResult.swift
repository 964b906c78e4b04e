// SPDX-License-Identifier: Apache-2.0

/// What a command did.
public struct ExecResult: Sendable, Hashable {
    /// Its exit code.
    public let exitCode: Int
    /// What it wrote on standard output, or on its terminal.
    public let stdout: [UInt8]
    /// What it wrote on standard error.
    public let stderr: [UInt8]

    /// A result with its parts.
    public init(exitCode: Int, stdout: [UInt8], stderr: [UInt8]) {
        self.exitCode = exitCode
        self.stdout = stdout
        self.stderr = stderr
    }

    /// Standard output as text.
    public var output: String { String(decoding: stdout, as: UTF8.self) }
    /// Standard error as text.
    public var errorOutput: String { String(decoding: stderr, as: UTF8.self) }
}
