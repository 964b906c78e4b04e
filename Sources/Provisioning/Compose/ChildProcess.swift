// SPDX-License-Identifier: Apache-2.0
import Foundation
import LiveEnvironment
import Synchronization
import SystemPackage

/// A program on this machine that runs to its end, its output taken line by line.
struct ChildProcess: Sendable {
    /// What came of it.
    struct Outcome: Sendable {
        let status: Int32
        /// Standard output.
        let output: String
        /// The last lines of standard output and standard error together.
        let lastLines: [String]
    }

    let command: [String]
    let folder: String
    let environment: [String: String]

    /// How long a program may go on after it was asked to end.
    private static let grace = Duration.seconds(5)

    /// Runs the program; cancelled, it asks the program to end, and then kills it.
    ///
    /// - Parameter line: Called with each line of either output.
    func run(line: @escaping @Sendable (String) -> Void) async throws -> Outcome {
        let process = Process()
        process.executableURL = URL(filePath: command[0])
        process.arguments = Array(command.dropFirst())
        process.currentDirectoryURL = URL(filePath: folder)
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        let tail = LineTail()
        let take: @Sendable (String) -> Void = { text in
            tail.add(text)
            line(text)
        }
        let ends = (output.fileHandleForReading.fileDescriptor, errors.fileHandleForReading.fileDescriptor)
        try process.run()
        let running = RunningProcess(process)
        // The descriptors are open for as long as the pipes live.
        defer { withExtendedLifetime((output, errors)) {} }
        return try await withTaskCancellationHandler {
            async let whole = Self.read(ends.0, take)
            async let other = Self.read(ends.1, take)
            let text = try await whole
            _ = try await other
            let status = try await BlockingWork.run { running.wait() }
            try Task.checkCancellation()
            return Outcome(status: status, output: text, lastLines: tail.lines)
        } onCancel: {
            running.end(after: Self.grace)
        }
    }

    private static func read(
        _ number: Int32, _ line: @escaping @Sendable (String) -> Void
    ) async throws -> String {
        try await BlockingWork.run {
            let descriptor = FileDescriptor(rawValue: number)
            var lines = LineSplitter()
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while case let count = try buffer.withUnsafeMutableBytes({ try descriptor.read(into: $0) }), count > 0 {
                bytes += buffer[..<count]
                lines.add(buffer[..<count]).forEach(line)
            }
            lines.rest.forEach(line)
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}

/// A program that was started, for the thread that waits for it and the one that ends it.
private final class RunningProcess: Sendable {
    private let process: Process
    private let id: Int32
    private let hasEnded = Mutex(false)

    init(_ process: Process) {
        self.process = process
        id = process.processIdentifier
    }

    /// Waits for the end; a program that a signal ended has the status a shell gives it.
    func wait() -> Int32 {
        process.waitUntilExit()
        hasEnded.withLock { $0 = true }
        return process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    }

    func end(after grace: Duration) {
        signal(SIGTERM)
        DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(Int(grace.components.seconds))) {
            self.signal(SIGKILL)
        }
    }

    private func signal(_ number: Int32) {
        hasEnded.withLock { ended in
            if !ended { kill(id, number) }
        }
    }
}
