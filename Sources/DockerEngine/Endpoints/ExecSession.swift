// SPDX-License-Identifier: Apache-2.0

import JSONTree

/// A command that runs in a container, with its streams.
///
/// Read `output` to its end, then ask for `exitCode()`. Where there is input, write it from another task than the one
/// that reads: the command may wait for its output to be taken before it takes more input.
public final class ExecSession: Sendable {
    /// The exec instance on its engine.
    public let id: String
    /// The command's streams.
    public let streams: ProcessStreams
    private let engine: Engine

    init(id: String, streams: ProcessStreams, engine: Engine) {
        self.id = id
        self.streams = streams
        self.engine = engine
    }

    /// What the command writes, until it ends.
    public var output: FrameStream { streams.output }

    /// Writes to the command's standard input, and returns when the bytes are on their way.
    public func write(_ bytes: [UInt8]) async throws { try await streams.write(bytes) }

    /// Ends the command's standard input; its output goes on.
    public func closeInput() async throws { try await streams.closeInput() }

    /// Tells the command's terminal its size.
    public func resize(rows: Int, columns: Int) async throws {
        try await engine.resizeExec(id, rows: rows, columns: columns)
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
    public func close() async { await streams.close() }
}
