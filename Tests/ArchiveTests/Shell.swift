// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Runs the tools that the tests check against.
enum Shell {
    struct Failure: Error, CustomStringConvertible {
        let command: [String]
        let status: Int32
        let output: String
        var description: String { "\(command) ended with \(status): \(output)" }
    }

    /// What the command writes to its standard output; a status other than 0 throws.
    @discardableResult
    static func run(_ command: String..., input: [UInt8]? = nil, in folder: String? = nil) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.environment = ProcessInfo.processInfo.environment.merging(["LC_ALL": "C"]) { $1 }
        if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
        // Files and not pipes: nothing can block, whatever the amounts.
        let base = "/tmp/archive-shell-\(UUID().uuidString)"
        defer {
            for suffix in ["in", "out", "err"] { unlink("\(base).\(suffix)") }
        }
        for suffix in ["in", "out", "err"] {
            guard
                FileManager.default.createFile(
                    atPath: "\(base).\(suffix)", contents: Data(suffix == "in" ? input ?? [] : []))
            else { throw CocoaError(.fileWriteUnknown) }
        }
        process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: "\(base).in"))
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: "\(base).out"))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: "\(base).err"))
        try process.run()
        process.waitUntilExit()
        let output = try Data(contentsOf: URL(fileURLWithPath: "\(base).out"))
        guard process.terminationStatus == 0 else {
            let errors = try Data(contentsOf: URL(fileURLWithPath: "\(base).err"))
            throw Failure(
                command: command, status: process.terminationStatus,
                output: String(decoding: errors.prefix(2000), as: UTF8.self))
        }
        return Array(output)
    }

    /// Its output as text.
    static func text(_ command: String...) throws -> String {
        String(decoding: try run("sh", "-c", command.joined(separator: " ")), as: UTF8.self)
    }
}
