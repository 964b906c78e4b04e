// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Synchronization

/// The peer's side of one connection.
final class PeerConnection: Sendable {
    /// 1 for the first connection, and so on.
    let number: Int
    private let channel: any Channel
    private let inbound: Mutex<ByteBuffer>
    private let bytes: Mailbox
    private let frames = Mutex(0)

    private init(number: Int, channel: any Channel) {
        self.number = number
        self.channel = channel
        inbound = Mutex(ByteBuffer())
        bytes = Mailbox()
    }

    static func serve(
        _ channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>, number: Int,
        _ script: @escaping @Sendable (PeerConnection) async throws -> Void
    ) async throws {
        try await channel.executeThenClose { inbound, _ in
            let connection = PeerConnection(number: number, channel: channel.channel)
            try await connection.bytes.run(inbound) { try await script(connection) }
        }
    }

    /// The next bytes; nil when the client has ended its side.
    func read() async throws -> ByteBuffer? {
        let rest = inbound.withLock { buffer in
            defer { buffer = ByteBuffer() }
            return buffer
        }
        return rest.readableBytes > 0 ? rest : try await bytes.next()
    }

    /// A whole request, its content decoded; fails when the client is gone.
    func request() async throws -> PeerRequest {
        var buffer = inbound.withLock { buffer in
            defer { buffer = ByteBuffer() }
            return buffer
        }
        while true {
            if let request = PeerRequest(parsing: &buffer) {
                inbound.withLock { [buffer] in $0 = buffer }
                return request
            }
            guard let more = try await bytes.next() else { throw ChannelError.eof }
            buffer.writeImmutableBuffer(more)
        }
    }

    /// Sends bytes, after a tunnel has begun within frames.
    func send(_ bytes: [UInt8]) async throws {
        var bytes = bytes
        for _ in 0..<frames.withLock({ $0 }) { bytes = Self.framed(bytes) }
        // Not through the writer, which returns before the bytes have gone.
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes))
    }

    /// Sends text.
    func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    /// Sends a JSON answer.
    func answer(_ status: Int = 200, _ json: String, headers: String = "") async throws {
        let fields = "Content-Type: application/json\r\n\(headers)Content-Length: \(json.utf8.count)\r\n"
        try await send("HTTP/1.1 \(status) X\r\n\(fields)\r\n\(json)")
    }

    /// Answers ping and version as an engine does.
    func negotiate(newest: String = "1.45", oldest: String = "1.24") async throws {
        guard try await request().target == "/_ping" else { throw ChannelError.eof }
        try await answer(200, "OK", headers: "Api-Version: \(newest)\r\n")
        guard try await request().target == "/version" else { throw ChannelError.eof }
        try await answer(200, #"{"ApiVersion":"\#(newest)","MinAPIVersion":"\#(oldest)","Version":"test"}"#)
    }

    /// Lets a tunnel begin: answers exec create (on its own connection) elsewhere; here from 101 on.
    func enterFrames() { frames.withLock { $0 += 1 } }

    /// A frame of standard output, or of another stream.
    static func framed(_ bytes: [UInt8], stream: UInt8 = 1) -> [UInt8] {
        let count = bytes.count
        return [stream, 0, 0, 0] + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) } + bytes
    }

    /// Ends the connection at once.
    func close() async throws { try await channel.close() }
}
