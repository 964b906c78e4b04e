// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Synchronization

/// The connections of one engine: idle ones to use again, and all that are open, to close them with the engine.
final class ConnectionPool: Sendable {
    private struct Idle {
        let connection: HTTPConnection
        let expiry: Scheduled<Void>
    }

    private struct State {
        var idle: [Idle] = []
        var open: [ObjectIdentifier: SocketWire] = [:]
        var isClosed = false

        mutating func remove(_ id: ObjectIdentifier) -> Idle? {
            idle.firstIndex { ObjectIdentifier($0.connection.wire.socket) == id }.map { idle.remove(at: $0) }
        }
    }

    /// More idle connections than this are not kept.
    private static let idleLimit = 8

    private let state = Mutex(State())
    private let idleTime: Duration

    /// A pool that closes connections idle for longer.
    init(idleTime: Duration) { self.idleTime = idleTime }

    /// How many connections are idle.
    var idleCount: Int { state.withLock { $0.idle.count } }

    /// Whether the pool was closed.
    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// An idle connection; the one used last, so that the others may expire.
    func take() -> HTTPConnection? {
        guard let idle = state.withLock({ $0.idle.popLast() }) else { return nil }
        idle.expiry.cancel()
        return idle.connection
    }

    /// Keeps an eye on an open connection until it closes.
    func add(_ socket: SocketWire) throws {
        let isClosed = state.withLock {
            if !$0.isClosed { $0.open[ObjectIdentifier(socket)] = socket }
            return $0.isClosed
        }
        guard !isClosed else {
            socket.close(because: .closed)
            throw WireFault.closed
        }
        socket.onClose { [weak self, id = ObjectIdentifier(socket)] in self?.forget(id) }
    }

    /// Takes a connection back that may carry another request, and closes any other.
    func giveBack(_ connection: HTTPConnection) {
        let socket = connection.wire.socket
        guard connection.isReusable else { return socket.close() }
        let expiry = socket.schedule(after: idleTime) { [weak self] in self?.expire(socket) }
        // Before another task can take it, since what it does to wake it must come after.
        socket.rest()
        let isKept = state.withLock {
            // A connection that the peer has closed is gone from `open` by now.
            guard !$0.isClosed, $0.idle.count < Self.idleLimit, $0.open[ObjectIdentifier(socket)] != nil
            else { return false }
            $0.idle.append(Idle(connection: connection, expiry: expiry))
            return true
        }
        guard !isKept else { return }
        expiry.cancel()
        socket.close()
    }

    /// Closes all connections, also those in use, and returns when they are closed.
    func close() async {
        let sockets = state.withLock {
            $0.isClosed = true
            for idle in $0.idle { idle.expiry.cancel() }
            $0.idle.removeAll()
            return Array($0.open.values)
        }
        for socket in sockets { socket.close(because: .closed) }
        for socket in sockets { await socket.closeAndWait() }
    }

    /// Closes a connection that is still idle; one just taken for a request is left alone.
    private func expire(_ socket: SocketWire) {
        let isIdle = state.withLock { $0.remove(ObjectIdentifier(socket)) != nil }
        if isIdle { socket.close() }
    }

    private func forget(_ id: ObjectIdentifier) {
        let idle = state.withLock { state -> Idle? in
            state.open[id] = nil
            return state.remove(id)
        }
        idle?.expiry.cancel()
    }
}
