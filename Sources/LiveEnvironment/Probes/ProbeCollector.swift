// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import EnvironmentModel
import Synchronization

/// Takes what a probe writes: the process id that its shell tells first, then the beginnings of both streams.
final class ProbeCollector: Sendable {
    private struct Stream {
        var beginning: [UInt8] = []
        var bytes: Int64 = 0

        mutating func add(_ bytes: ArraySlice<UInt8>) {
            beginning += bytes.prefix(max(ProbeOutput.limit - beginning.count, 0))
            self.bytes += Int64(bytes.count)
        }

        var output: ProbeOutput { ProbeOutput(beginning: beginning, bytes: bytes) }
    }

    private struct State {
        var line: [UInt8] = []
        var process: Int32?
        var isKilled = false
        var stdout = Stream()
        var stderr = Stream()
    }

    private let state = Mutex(State())

    /// Takes a piece of what was written.
    func add(_ chunk: StreamChunk) {
        state.withLock { state in
            switch chunk.stream {
            case .stderr: state.stderr.add(chunk.bytes[...])
            case .stdout: Self.add(chunk.bytes[...], to: &state)
            }
        }
    }

    private static func add(_ bytes: ArraySlice<UInt8>, to state: inout State) {
        guard state.process == nil else { return state.stdout.add(bytes) }
        guard state.line.count <= ProbeOutput.limit else { return }
        state.line += bytes
        guard let end = state.line.firstIndex(of: UInt8(ascii: "\n")),
            let process = Int32(String(decoding: state.line[..<end], as: UTF8.self)), process > 0
        else { return }
        state.process = process
        state.stdout.add(state.line[(end + 1)...])
        state.line = []
    }

    /// The shell's process in its container; nil until it started.
    var process: Int32? { state.withLock(\.process) }

    /// Whether it is being killed: then its exit status is not its own.
    var isKilled: Bool { state.withLock(\.isKilled) }

    /// Notes that it is being killed, and tells its process.
    func markKilled() -> Int32? {
        state.withLock { state in
            state.isKilled = true
            return state.process
        }
    }

    /// What was written instead, where the shell was not started: the engine's own words.
    var complaint: String {
        state.withLock { state in
            String(decoding: (state.line + state.stderr.beginning).prefix(1000), as: UTF8.self)
                .split(whereSeparator: \.isNewline).joined(separator: " ")
        }
    }

    /// Both streams so far.
    var streams: (stdout: ProbeOutput, stderr: ProbeOutput) {
        state.withLock { ($0.stdout.output, $0.stderr.output) }
    }
}
