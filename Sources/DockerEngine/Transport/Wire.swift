// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Bytes to and from a peer, whatever carries them: a socket, or a tunnel on another wire, to any depth.
protocol Wire: AnyObject, Sendable {
    /// The next bytes, or nil at the end. One reader at a time; nothing is read from the socket unless asked for.
    func read(within limit: Duration?) async throws -> ByteBuffer?
    /// Writes bytes, and returns when the socket has taken them.
    func write(_ bytes: ByteBuffer, within limit: Duration?) async throws
    /// The socket under it all.
    var socket: SocketWire { get }
    /// The tunnels on the way, the outermost first.
    var tunnels: [TunnelWire] { get }
}
