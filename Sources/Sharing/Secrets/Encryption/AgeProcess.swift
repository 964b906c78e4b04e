// SPDX-License-Identifier: Apache-2.0

import Archive
import Foundation
import Glibc
import SystemPackage

/// The program `age`, between something that gives bytes and something that takes them.
final class AgeProcess {
    private let process = Process()
    private let output = Pipe()
    private let errors = Pipe()
    private let group = DispatchGroup()
    private let purpose: String
    private let feeding = Feeding()
    private var isFinished = false

    /// Starts the program and feeds it from a thread of its own.
    ///
    /// - Parameter purpose: What it is to do, as a message says it.
    init(
        _ program: String, _ arguments: [String], to purpose: String,
        feed: @escaping (@escaping ByteSink) throws -> Void
    ) throws {
        self.purpose = purpose
        let input = Pipe()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardInput = input
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let descriptor = FileDescriptor(rawValue: input.fileHandleForWriting.fileDescriptor)
        nonisolated(unsafe) let feed = feed
        let feeding = feeding
        DispatchQueue.global().async(group: group) {
            Self.withoutBrokenPipeSignal {
                do {
                    try feed { bytes in _ = try descriptor.writeAll(bytes) }
                } catch let error as Errno where error == .brokenPipe {
                    // It has ended, and says why itself.
                } catch { feeding.failure = error }
            }
            try? input.fileHandleForWriting.close()
        }
    }

    deinit {
        if process.isRunning { process.terminate() }
        try? output.fileHandleForReading.close()
    }

    /// How the feeding went: written by its thread, read after that was waited for.
    private final class Feeding: Sendable {
        nonisolated(unsafe) var failure: (any Error)?
    }

    /// Runs the body so that writing to a pipe that nobody reads is an error and not the end of the process (signal(7)).
    private static func withoutBrokenPipeSignal(_ body: () -> Void) {
        var (set, before) = (sigset_t(), sigset_t())
        sigemptyset(&set)
        sigaddset(&set, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &set, &before)
        body()
        // One that is pending would come with the old mask.
        var noTime = timespec()
        while sigtimedwait(&set, nil, &noTime) == SIGPIPE {}
        pthread_sigmask(SIG_SETMASK, &before, nil)
    }

    /// Fills a part of the buffer with what comes out; 0 when all went well and nothing more comes.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard !isFinished else { return 0 }
        let descriptor = FileDescriptor(rawValue: output.fileHandleForReading.fileDescriptor)
        let count = try descriptor.read(into: buffer)
        if count == 0 { try finish() }
        return count
    }

    private func finish() throws {
        isFinished = true
        process.waitUntilExit()
        group.wait()
        if let failure = feeding.failure { throw failure }
        guard process.terminationStatus == 0 else {
            let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile().prefix(2000), as: UTF8.self)
            let reason = said.split(separator: "\n").first.map(String.init) ?? "status \(process.terminationStatus)"
            throw SharingError(.encryption, "age cannot \(purpose): \(reason)", hint: "--identity FILE names the key")
        }
    }
}
