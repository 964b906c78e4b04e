// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Synchronization

/// A wire through a command in a container, such as `docker system dial-stdio`, that runs on the wire below.
///
/// What comes is in stdcopy frames: standard output is the stream, standard error is kept, since the reason of a
/// failure stands there. What goes is sent as it is.
final class TunnelWire: Wire {
    private struct State {
        var decoder = StdcopyDecoder()
        var text: [UInt8] = []

        /// Keeps words, up to a length.
        mutating func keep(_ bytes: ByteBuffer) {
            text.append(contentsOf: bytes.readableBytesView.prefix(8192 - text.count))
        }
    }

    /// The exec instance, on the engine that runs it.
    let exec: String
    /// The engine that runs it.
    let engine: Engine
    /// The host, for messages.
    let host: String
    /// The command that carries the bytes.
    let command: [String]
    private let below: any Wire
    private let state: Mutex<State>

    var socket: SocketWire { below.socket }
    var tunnels: [TunnelWire] { below.tunnels + [self] }

    /// A tunnel on a wire that has just been hijacked; `unread` is what came behind the head of the answer.
    init(on below: any Wire, unread: ByteBuffer, exec: String, engine: Engine, host: String, command: [String]) {
        self.below = below
        self.exec = exec
        self.engine = engine
        self.host = host
        self.command = command
        var state = State()
        state.decoder.append(unread)
        self.state = Mutex(state)
    }

    /// What the command said beside the stream.
    var text: String {
        String(decoding: state.withLock { $0.text }, as: UTF8.self)
            .split(whereSeparator: \.isNewline).joined(separator: "; ")
    }

    /// Takes what has already come but was not read, since a failed write ends a request before its answer: the reason
    /// may be there, also on standard output, where runc reports.
    func collectText() async {
        while let bytes = try? await read(within: .seconds(1)) {
            guard !bytes.readableBytesView.starts(with: "HTTP/".utf8) else { return }
            state.withLock { $0.keep(bytes) }
        }
    }

    func read(within limit: Duration?) async throws -> ByteBuffer? {
        while true {
            if let bytes = try nextBytes() { return bytes }
            guard let bytes = try await below.read(within: limit) else {
                guard state.withLock({ $0.decoder.isAtFrameEnd }) else { throw WireFault.frames(.cut) }
                return nil
            }
            state.withLock { $0.decoder.append(bytes) }
        }
    }

    func write(_ bytes: ByteBuffer, within limit: Duration?) async throws {
        try await below.write(bytes, within: limit)
    }

    /// The next bytes of the stream that have already come.
    private func nextBytes() throws -> ByteBuffer? {
        do {
            return try state.withLock { state in
                while let (kind, bytes) = try state.decoder.next() {
                    if kind == .stdout { return bytes }
                    state.keep(bytes)
                }
                return nil
            }
        } catch let fault as StdcopyFault {
            throw WireFault.frames(fault)
        }
    }
}
