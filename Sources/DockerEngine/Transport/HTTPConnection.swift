// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Synchronization

/// HTTP/1.1 on a wire: one request after another.
final class HTTPConnection: Sendable {
    private struct State {
        var parser = HTTPResponseParser(method: .get)
        var head: HTTPHead?
        var requestIsWhole = false
    }

    let wire: any Wire
    private let state = Mutex(State())

    /// HTTP on a wire that carries nothing yet.
    init(on wire: any Wire) { self.wire = wire }

    /// Sends a request; content that is streamed follows by `sendChunk` and `sendEnd`.
    func send(_ request: HTTPRequest, within limit: Duration?) async throws {
        state.withLock {
            $0.parser = HTTPResponseParser(method: request.method)
            $0.head = nil
            if case .stream = request.content { $0.requestIsWhole = false } else { $0.requestIsWhole = true }
        }
        try await wire.socket.wake()
        try await wire.write(request.bytes, within: limit)
    }

    /// Sends a piece of streamed content.
    func sendChunk(_ bytes: [UInt8], within limit: Duration?) async throws {
        // Pieces of any size may come; the peer need not hold large ones at once.
        for start in stride(from: 0, to: bytes.count, by: 256 << 10) {
            let piece = bytes[start..<min(bytes.count, start + 256 << 10)]
            try await wire.write(HTTPRequest.chunk(piece), within: limit)
        }
    }

    /// Ends streamed content.
    func sendEnd(within limit: Duration?) async throws {
        try await wire.write(HTTPRequest.lastChunk, within: limit)
        state.withLock { $0.requestIsWhole = true }
    }

    /// The head of the answer.
    func readHead(within limit: Duration?) async throws -> HTTPHead {
        guard case .head(let head)? = try await nextEvent(within: limit) else { throw HTTPFault.cut }
        return head
    }

    /// The next piece of the answer's body; nil when it is complete, whereas one that is cut throws.
    func readBody(within limit: Duration?) async throws -> ByteBuffer? {
        guard case .body(let bytes)? = try await nextEvent(within: limit) else { return nil }
        return bytes
    }

    /// Whether the head of an answer has come.
    var isAnswered: Bool { state.withLock { $0.head != nil } }

    /// Whether not a byte of an answer has come.
    var isUnanswered: Bool { state.withLock { $0.parser.received == 0 } }

    /// Whether another request may be sent: both sides have said all, and agree to go on.
    var isReusable: Bool {
        state.withLock {
            $0.parser.isComplete && $0.requestIsWhole && $0.parser.unread.readableBytes == 0
                && $0.head?.keepsAlive == true
        }
    }

    /// After the answer to a hijack: the bytes that came behind its head, or nil where HTTP goes on.
    ///
    /// Engines answer 101; older ones, and those behind some proxies, 200 with a body that only ends with the
    /// connection. Both mean bytes from here on.
    func bytesAfterHijack() -> ByteBuffer? {
        state.withLock {
            guard let status = $0.head?.status, status == 101 || status == 200, $0.parser.endsWithConnection
            else { return nil }
            return $0.parser.unread
        }
    }

    private func nextEvent(within limit: Duration?) async throws -> HTTPResponseParser.Event? {
        while true {
            let event = try state.withLock { state throws(HTTPFault) in
                let event = try state.parser.next()
                if case .head(let head)? = event { state.head = head }
                return event
            }
            if let event { return event }
            if state.withLock({ $0.parser.isComplete }) { return nil }
            guard let bytes = try await wire.read(within: limit) else {
                try state.withLock { state throws(HTTPFault) in try state.parser.finish() }
                return nil
            }
            state.withLock { $0.parser.append(bytes) }
        }
    }
}
