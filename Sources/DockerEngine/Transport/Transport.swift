// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Synchronization

/// Requests to one engine over connections that are used again.
final class Transport: Sendable {
    let route: Route
    let limits: EngineLimits
    let pool: ConnectionPool
    /// Whether the newest connection leads through a command in a host.
    let isTunnelled = Mutex(false)

    /// A transport that has no connection yet.
    init(route: Route, limits: EngineLimits) {
        self.route = route
        self.limits = limits
        pool = ConnectionPool(idleTime: limits.idle)
    }

    /// The time for a new connection and its first answer: ssh logs in first, over networks that are slower than this
    /// machine.
    var connectLimit: Duration {
        if case .ssh = route.address { limits.connect * 3 } else { limits.connect }
    }

    /// Sends a request whose content is known and reads the head of its answer.
    ///
    /// A connection that was idle may have died unseen: a request that changes nothing is then sent once more on a new
    /// one, provided that no byte of an answer came.
    func exchange(_ request: HTTPRequest, within deadline: Deadline) async throws -> Exchange {
        if let connection = pool.take() {
            do {
                return try await exchange(request, on: connection, within: deadline)
            } catch {
                let isStale = request.method.isSafe && connection.isUnanswered && !(error is WireFault)
                guard isStale, !Task.isCancelled else { throw await explain(error, request, connection) }
            }
        }
        let connection = try await open()
        do {
            return try await exchange(request, on: connection, within: deadline)
        } catch {
            throw await explain(error, request, connection)
        }
    }

    /// Sends a request after which the connection carries bytes both ways.
    func hijack(_ request: HTTPRequest) async throws -> Hijacked {
        let connection = try await open()
        let exchange: Exchange
        do {
            exchange = try await self.exchange(request, on: connection, within: Deadline(after: limits.request))
        } catch {
            throw await explain(error, request, connection)
        }
        if let unread = connection.bytesAfterHijack() {
            return Hijacked(wire: connection.wire, unread: unread, request: request, transport: self)
        }
        let response = try await exchange.wholeResponse(within: Deadline(after: limits.request))
        throw EngineError(
            .unsupported, "\(route.location) answered \(response.status) to \(request.summary), not with a stream",
            hint: "A proxy between envsnap and the engine may not let upgraded connections through")
    }

    /// Sends a request with streamed content and reads its whole answer.
    func upload<Body: AsyncSequence>(
        _ request: HTTPRequest, body: Body, answerWithin limit: Duration?
    ) async throws -> EngineResponse where Body.Element == [UInt8] {
        let connection = try await connection()
        let upload = Upload(connection: connection, stall: limits.stall, answer: limit)
        let head: HTTPHead
        do {
            head = try await upload.run(request, body)
        } catch let failure as SourceFailure {
            // Without its last chunk the request does not look complete to the engine.
            connection.wire.socket.close()
            throw failure.cause
        } catch {
            connection.wire.socket.close()
            throw await explain(error, request, connection)
        }
        return try await Exchange(head: head, connection: connection, request: request, transport: self)
            .wholeResponse(within: Deadline(after: limit))
    }

    private func connection() async throws -> HTTPConnection {
        if let connection = pool.take() { return connection }
        return try await open()
    }

    private func exchange(
        _ request: HTTPRequest, on connection: HTTPConnection, within deadline: Deadline
    ) async throws -> Exchange {
        do {
            try await connection.send(request, within: deadline.left)
            let head = try await connection.readHead(within: deadline.left)
            return Exchange(head: head, connection: connection, request: request, transport: self)
        } catch {
            connection.wire.socket.close()
            throw deadline.failure(error)
        }
    }
}
