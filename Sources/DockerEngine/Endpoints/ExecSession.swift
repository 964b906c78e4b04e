// SPDX-License-Identifier: Apache-2.0

import JSONTree
import NIOCore

/// A command that runs in a container, with its streams.
///
/// Read `output` to its end, then ask for `exitCode()`. Where there is input, write it from another task than the one
/// that reads: the command may wait for its output to be taken before it takes more input.
public final class ExecSession: Sendable {
    /// The exec instance on its engine.
    public let id: String
    /// What the command writes, until it ends.
    public let output: FrameStream
    let hijacked: Hijacked
    private let engine: Engine

    init(id: String, hijacked: Hijacked, framing: Framing, engine: Engine) {
        self.id = id
        self.hijacked = hijacked
        self.engine = engine
        output = FrameStream(HijackedBody(hijacked), framing: framing)
    }

    /// Writes to the command's standard input, and returns when the bytes are on their way.
    public func write(_ bytes: [UInt8]) async throws {
        do {
            for start in stride(from: 0, to: bytes.count, by: 256 << 10) {
                let piece = bytes[start..<min(bytes.count, start + 256 << 10)]
                try await hijacked.wire.write(ByteBuffer(bytes: piece), within: nil)
            }
        } catch {
            throw await failure(error)
        }
    }

    /// Ends the command's standard input; its output goes on.
    ///
    /// Within a terminal there is no end: write the byte 4 (control-D) instead.
    public func closeInput() async throws {
        do {
            try await hijacked.wire.socket.closeOutput()
        } catch {
            throw await failure(error)
        }
    }

    /// The command's exit code, once its output has ended: `GET /exec/{id}/json`.
    ///
    /// - Throws: `EngineError` with `.timedOut` for a command that still runs: it closed its output itself, or the
    ///   connection was cut.
    public func exitCode(timeLimit: TimeLimit = .standard) async throws -> Int {
        let limit = timeLimit.duration(standard: engine.limits.request)
        let end = limit.map { ContinuousClock.now + $0 }
        var pause = Duration.milliseconds(5)
        while true {
            let state = try await engine.inspectExec(id)
            if state["Running"].bool == false, let code = state["ExitCode"].int { return Int(code) }
            if let end, ContinuousClock.now >= end {
                throw EngineError(
                    .timedOut, "the output of a command at \(engine.location) ended, but the command still runs",
                    hint: "The command closed its output, or the connection to it was cut")
            }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(500))
        }
    }

    /// Closes the connection, and returns when it is closed; the command itself may go on.
    public func close() async { await output.close() }

    private func failure(_ error: any Error) async -> any Error {
        await hijacked.transport.explain(error, hijacked.request.summary, hijacked.wire, isAnswered: true)
    }
}
