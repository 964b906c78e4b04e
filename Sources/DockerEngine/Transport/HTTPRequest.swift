// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// A request as it goes on the wire, RFC 9112 section 3.
struct HTTPRequest: Sendable {
    /// What follows the head.
    enum Content: Sendable {
        case none
        case bytes([UInt8], type: String)
        /// Chunks of a length not known beforehand.
        case stream(type: String)
        /// As bytes, after which the connection is asked to carry bytes both ways.
        case hijack([UInt8])
    }

    var method: HTTPMethod
    var target: String
    var content: Content

    /// The request for messages, without its query.
    var summary: String { "\(method.rawValue) \(target.prefix { $0 != "?" })" }

    /// The head, and the content where it is known.
    var bytes: ByteBuffer {
        // A plain name: the engine answers 400 to a Host with an encoded path in it.
        var text = "\(method.rawValue) \(target) HTTP/1.1\r\nHost: docker\r\nUser-Agent: envsnap\r\n"
        var body: [UInt8] = []
        switch content {
        case .none:
            // Some proxies answer 411 to a POST that does not say that it is empty.
            text += method.isSafe ? "" : "Content-Length: 0\r\n"
        case .bytes(let bytes, let type):
            text += "Content-Type: \(type)\r\nContent-Length: \(bytes.count)\r\n"
            body = bytes
        case .stream(let type):
            text += "Content-Type: \(type)\r\nTransfer-Encoding: chunked\r\n"
        case .hijack(let bytes):
            text += "Connection: Upgrade\r\nUpgrade: tcp\r\n"
            text += "Content-Type: application/json\r\nContent-Length: \(bytes.count)\r\n"
            body = bytes
        }
        var buffer = ByteBuffer(string: text + "\r\n")
        buffer.writeBytes(body)
        return buffer
    }

    /// A piece of streamed content as a chunk, RFC 9112 section 7.1.
    static func chunk(_ bytes: some Collection<UInt8>) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(bytes.count + 20)
        buffer.writeString("\(String(bytes.count, radix: 16))\r\n")
        buffer.writeBytes(bytes)
        buffer.writeString("\r\n")
        return buffer
    }

    /// The end of streamed content.
    static let lastChunk = ByteBuffer(string: "0\r\n\r\n")
}
