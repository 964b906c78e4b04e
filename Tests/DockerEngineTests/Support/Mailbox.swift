// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Hands the bytes of a connection to a script that asks for them one piece at a time.
actor Mailbox {
    private var iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator?

    /// Runs a body that may call `next()`.
    func run(
        _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>, _ body: @Sendable () async throws -> Void
    ) async throws {
        iterator = inbound.makeAsyncIterator()
        try await body()
    }

    /// The next bytes; one caller at a time.
    func next() async throws -> ByteBuffer? {
        guard var current = iterator.take() else { return nil }
        defer { iterator = current }
        return try await current.next(isolation: self)
    }
}
