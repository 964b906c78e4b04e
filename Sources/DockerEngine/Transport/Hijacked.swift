// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// A connection that an engine has handed over to the streams of a process.
struct Hijacked: Sendable {
    /// The connection.
    let wire: any Wire
    /// What came behind the head of the answer.
    let unread: ByteBuffer
    /// The request, for messages.
    let request: HTTPRequest
    /// The engine it was sent to.
    let transport: Transport
}
