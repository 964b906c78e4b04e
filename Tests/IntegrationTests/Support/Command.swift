// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A program that runs, with its output in files, so that no pipe can fill up.
final class Command {
    private let process = Process()
    private let folder: URL
    private let arguments: [String]
    private let input: URL?

    /// Starts a program.
    init(
        _ arguments: [String], environment: [String: String] = [:], folder workingDirectory: String? = nil,
        input text: String? = nil
    ) throws {
        self.arguments = arguments
        folder = URL(filePath: "/tmp/envsnap-test-output-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        if let workingDirectory { process.currentDirectoryURL = URL(filePath: workingDirectory) }
        input = text == nil ? nil : folder.appending(path: "in")
        if let input, let text { try Data(text.utf8).write(to: input) }
        process.standardInput = try input.map { try FileHandle(forReadingFrom: $0) } ?? FileHandle.nullDevice
        process.standardOutput = try handle("out")
        process.standardError = try handle("err")
        try process.run()
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func handle(_ name: String) throws -> FileHandle {
        let file = folder.appending(path: name)
        try Data().write(to: file)
        return try FileHandle(forWritingTo: file)
    }

    /// Its process id.
    var id: Int32 { process.processIdentifier }

    /// Whether it still runs.
    var isRunning: Bool { process.isRunning }

    /// What it has written to standard error so far.
    var errorOutput: String { read("err") }

    /// Waits for its end; a program that takes longer than the limit is killed, and the test fails.
    func finish(within seconds: Int = 120) throws -> Outcome {
        let end = ContinuousClock.now + .seconds(seconds)
        while process.isRunning, .now < end { usleep(2_000) }
        if process.isRunning {
            kill(id, SIGKILL)
            Issue.record("\(arguments.joined(separator: " ")) took more than \(seconds) s")
        }
        process.waitUntilExit()
        let exited = process.terminationReason == .exit
        return Outcome(
            arguments: arguments, status: exited ? process.terminationStatus : -process.terminationStatus,
            output: read("out"), errors: read("err"))
    }

    private func read(_ name: String) -> String {
        let bytes = try? Data(contentsOf: folder.appending(path: name))
        return String(decoding: bytes ?? Data(), as: UTF8.self)
    }

    /// Runs a program to its end, whatever that is.
    static func outcome(
        _ arguments: [String], environment: [String: String] = [:], folder: String? = nil, input: String? = nil,
        within seconds: Int = 120
    ) throws -> Outcome {
        try Command(arguments, environment: environment, folder: folder, input: input).finish(within: seconds)
    }

    /// Runs a program that has to succeed; returns what it wrote, without the newline at the end.
    @discardableResult
    static func run(
        _ arguments: String..., environment: [String: String] = [:], folder: String? = nil, input: String? = nil,
        within seconds: Int = 120
    ) throws -> String {
        let outcome = try outcome(
            arguments, environment: environment, folder: folder, input: input, within: seconds)
        guard outcome.status == 0 else { throw outcome }
        return outcome.output.hasSuffix("\n") ? String(outcome.output.dropLast()) : outcome.output
    }

    /// Runs a script of bash that has to succeed; its arguments are `$1` and so on.
    @discardableResult
    static func script(_ text: String, _ arguments: String..., within seconds: Int = 120) throws -> String {
        let outcome = try outcome(["bash", "-euo", "pipefail", "-c", text, "bash"] + arguments, within: seconds)
        guard outcome.status == 0 else { throw outcome }
        return outcome.output
    }
}
