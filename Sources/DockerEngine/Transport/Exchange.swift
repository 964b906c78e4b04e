// SPDX-License-Identifier: Apache-2.0

import JSONTree
import NIOCore

/// An answer under way: its head has come, its body is still to be read.
struct Exchange: Sendable {
    let head: HTTPHead
    let connection: HTTPConnection
    let request: HTTPRequest
    let transport: Transport

    /// Reads the answer to its end and gives the connection back.
    ///
    /// - Throws: `EngineError` where the engine reports a failure, or where the answer is cut or too long.
    func wholeResponse(within deadline: Deadline) async throws -> EngineResponse {
        var bytes: [UInt8] = []
        do {
            while let piece = try await connection.readBody(within: deadline.left) {
                bytes.append(contentsOf: piece.readableBytesView)
                guard bytes.count <= transport.limits.responseBytes else {
                    let limit = transport.limits.responseBytes
                    throw EngineError(
                        .tooLarge,
                        "the answer of \(transport.route.location) to \(request.summary) is longer than \(limit) bytes")
                }
            }
        } catch {
            connection.wire.socket.close()
            throw await transport.explain(deadline.failure(error), request, connection)
        }
        transport.pool.giveBack(connection)
        let response = EngineResponse(status: head.status, headers: head.headers, bytes: bytes)
        guard head.status < 300 || head.status == 304 else {
            throw EngineError.refused(response, request: request, location: transport.route.location)
        }
        return response
    }
}
