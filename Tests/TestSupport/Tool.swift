// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Runs programs that are no part of this project, as cross-checks.
public enum Tool {
    /// What a program did.
    public struct Outcome: Sendable {
        /// Its exit status; negative where a signal ended it.
        public let status: Int32
        /// What it wrote to standard output.
        public let output: String
    }

    /// A program that failed.
    public struct Failure: Error {
        /// The command line.
        public let arguments: [String]
        /// What it did.
        public let outcome: Outcome
    }

    /// Whether a program is on this machine.
    public static func exists(_ name: String) -> Bool {
        ["/usr/bin/", "/bin/", "/usr/sbin/"].contains { FileManager.default.isExecutableFile(atPath: $0 + name) }
    }

    /// Runs a program and returns what it did.
    public static func outcome(_ arguments: [String]) throws -> Outcome {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let status = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
        return Outcome(status: status, output: String(decoding: bytes, as: UTF8.self))
    }

    /// Runs a program that has to succeed and returns what it wrote.
    @discardableResult
    public static func run(_ arguments: String...) throws -> String { try run(arguments) }

    /// The same for a list of arguments.
    @discardableResult
    public static func run(_ arguments: [String]) throws -> String {
        let outcome = try outcome(arguments)
        guard outcome.status == 0 else { throw Failure(arguments: arguments, outcome: outcome) }
        return outcome.output
    }

    /// The SHA-256 of a file, by `sha256sum`.
    public static func sha256(_ path: String) throws -> String { String(try run("sha256sum", path).prefix(64)) }
}
