// SPDX-License-Identifier: Apache-2.0

import NIOCore

extension Engine {
    /// Runs a command in a container to its end, without input.
    ///
    /// - Parameters:
    ///   - container: The container.
    ///   - command: The command, word by word.
    ///   - options: How it is run.
    ///   - outputLimit: The bytes of output to hold in memory; more is an error with `.tooLarge`.
    ///   - timeLimit: The time the command may take.
    public func run(
        inContainer container: String, command: [String], options: ExecOptions = ExecOptions(),
        outputLimit: Int = 16 << 20, timeLimit: TimeLimit = .standard
    ) async throws -> ExecResult {
        var options = options
        options.input = false
        let session = try await exec(inContainer: container, command: command, options: options)
        return try await session.result(outputLimit: outputLimit, timeLimit: timeLimit)
    }

    /// Runs a command in a container to its end, with input.
    ///
    /// A command need not read all of its input.
    public func run<Input: AsyncSequence & Sendable>(
        inContainer container: String, command: [String], options: ExecOptions = ExecOptions(), input: Input,
        outputLimit: Int = 16 << 20, timeLimit: TimeLimit = .standard
    ) async throws -> ExecResult where Input.Element == [UInt8] {
        var options = options
        options.input = true
        let session = try await exec(inContainer: container, command: command, options: options)
        async let result = session.result(outputLimit: outputLimit, timeLimit: timeLimit)
        for try await bytes in input {
            // The end of the command is told by its exit code, not by the pipe that broke.
            guard (try? await session.write(bytes)) != nil else { break }
        }
        try? await session.closeInput()
        return try await result
    }
}

extension ExecSession {
    /// Reads all output and the exit code.
    fileprivate func result(outputLimit: Int, timeLimit: TimeLimit) async throws -> ExecResult {
        let hijacked = streams.hijacked
        let socket = hijacked.wire.socket
        let limit = timeLimit.duration(standard: hijacked.transport.limits.request)
        let alarm = limit.map { socket.closeLater(after: $0, because: .timedOut($0)) }
        defer { alarm?.cancel() }
        var stdout: [UInt8] = []
        var stderr: [UInt8] = []
        for try await chunk in output {
            switch chunk.stream {
            case .stdout: stdout += chunk.bytes
            case .stderr: stderr += chunk.bytes
            }
            guard stdout.count + stderr.count <= outputLimit else {
                await close()
                throw EngineError(.tooLarge, "a command wrote more than \(outputLimit) bytes")
            }
        }
        return ExecResult(exitCode: try await exitCode(timeLimit: timeLimit), stdout: stdout, stderr: stderr)
    }
}
