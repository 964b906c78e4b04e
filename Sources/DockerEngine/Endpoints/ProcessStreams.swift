// SPDX-License-Identifier: Apache-2.0
import NIOCore

/// The streams of a process in a container: of a command, or of the container's own process.
///
/// Where there is input, write it from another task than the one that reads: the process may wait for its output to be
/// taken before it takes more input.
public final class ProcessStreams: Sendable {
    /// What the process writes, until it ends.
    public let output: FrameStream
    let hijacked: Hijacked
    private let stall: Duration?

    init(_ hijacked: Hijacked, framing: Framing, stall: Duration? = nil) {
        self.hijacked = hijacked
        self.stall = stall
        output = FrameStream(HijackedBody(hijacked, stall: stall), framing: framing)
    }

    /// Writes to the process's standard input, and returns when the bytes are on their way.
    public func write(_ bytes: [UInt8]) async throws {
        do {
            for start in stride(from: 0, to: bytes.count, by: 256 << 10) {
                let piece = bytes[start..<min(bytes.count, start + 256 << 10)]
                try await hijacked.wire.write(ByteBuffer(bytes: piece), within: stall)
            }
        } catch {
            throw await failure(error)
        }
    }

    /// Ends the process's standard input; its output goes on.
    ///
    /// Within a terminal there is no end: write the byte 4 (control-D) instead.
    public func closeInput() async throws {
        do {
            try await hijacked.wire.socket.closeOutput()
        } catch {
            throw await failure(error)
        }
    }

    /// Closes the connection, and returns when it is closed; the process itself may go on.
    public func close() async { await output.close() }

    private func failure(_ error: any Error) async -> any Error {
        await hijacked.transport.explain(error, hijacked.request.summary, hijacked.wire, isAnswered: true)
    }
}
