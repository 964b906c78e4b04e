// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Sends content of unknown length while it watches for an answer that comes early, as refusals do.
struct Upload {
    let connection: HTTPConnection
    /// The time a chunk may take to go out.
    let stall: Duration
    /// The time the answer may take once all has gone out.
    let answer: Duration?

    /// Sends a request and its content, and reads the head of the answer.
    func run<Body: AsyncSequence>(
        _ request: HTTPRequest, _ body: Body
    ) async throws -> HTTPHead where Body.Element == [UInt8] {
        try await connection.send(request, within: stall)
        async let head = connection.readHead(within: nil)
        var chunks = body.makeAsyncIterator()
        while let chunk = try await Self.next(&chunks) {
            guard !chunk.isEmpty else { continue }
            // An engine that has answered before the end does not want the rest.
            if connection.isAnswered { return try await head }
            do {
                try await connection.sendChunk(chunk, within: stall)
            } catch {
                // It may have refused the request and closed: its words say more than the broken pipe.
                guard let head = try? await head, head.status >= 300 else { throw error }
                return head
            }
        }
        try await connection.sendEnd(within: stall)
        let alarm = answer.map { connection.wire.socket.closeLater(after: $0, because: .timedOut($0)) }
        defer { alarm?.cancel() }
        return try await head
    }

    private static func next<Chunks: AsyncIteratorProtocol>(
        _ chunks: inout Chunks
    ) async throws -> [UInt8]? where Chunks.Element == [UInt8] {
        do {
            return try await chunks.next(isolation: #isolation)
        } catch {
            throw SourceFailure(cause: error)
        }
    }
}
