// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Synchronization

/// The body of an answer, read from its connection as the reader asks for it.
final class ResponseBody: ChunkSource {
    private enum Phase { case open, ended, closed }

    private struct State {
        var phase = Phase.open
        var watch: EndingWatch
    }

    private let exchange: Exchange
    /// The longest wait for one more byte; nil is for ever.
    private let stall: Duration?
    private let state: Mutex<State>

    init(_ exchange: Exchange, ending: StreamEnding, stall: Duration?) {
        self.exchange = exchange
        self.stall = stall
        state = Mutex(State(watch: EndingWatch(ending)))
    }

    /// A reader that stops early leaves a connection on which the rest of the body would follow.
    deinit {
        if state.withLock({ $0.phase == .open }) { exchange.connection.wire.socket.close() }
    }

    func next() async throws -> ByteBuffer? {
        switch state.withLock({ $0.phase }) {
        case .open: break
        case .ended: return nil
        case .closed: throw EngineError(.closed, "the stream of \(exchange.request.summary) was closed")
        }
        let transport = exchange.transport
        do {
            if let bytes = try await exchange.connection.readBody(within: stall) {
                state.withLock { $0.watch.see(bytes) }
                return bytes
            }
            if let fault = state.withLock({ $0.watch.fault() }) {
                throw fault.prefixed("\(exchange.request.summary) at \(transport.route.location)")
            }
        } catch {
            state.withLock { $0.phase = .closed }
            exchange.connection.wire.socket.close()
            throw await transport.explain(error, exchange.request, exchange.connection)
        }
        state.withLock { $0.phase = .ended }
        transport.pool.giveBack(exchange.connection)
        return nil
    }

    func close() async {
        let wasOpen = state.withLock { state in
            defer { if state.phase == .open { state.phase = .closed } }
            return state.phase == .open
        }
        guard wasOpen else { return }
        exchange.connection.wire.socket.close(because: .closed)
        await exchange.connection.wire.socket.closeAndWait()
    }
}
