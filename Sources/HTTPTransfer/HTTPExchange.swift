// SPDX-License-Identifier: Apache-2.0

/// What libcurl's callbacks need of one request and its response.
final class HTTPExchange {
    private(set) var head = HTTPHead()
    /// What a callback threw.
    private(set) var failure: (any Error)?
    private let source: HTTPRequest.BodySource?
    private let sink: HTTPClient.ResponseSink
    private let isCancelled: @Sendable () -> Bool
    private var headSize = 0

    /// The most bytes of a response's head.
    private static let largestHead = 1 << 18

    init(
        source: HTTPRequest.BodySource?, sink: @escaping HTTPClient.ResponseSink,
        isCancelled: @escaping @Sendable () -> Bool
    ) {
        self.source = source
        self.sink = sink
        self.isCancelled = isCancelled
    }

    var mustStop: Bool { isCancelled() }

    /// Takes a line of the head; false ends the transfer.
    func takeHead(_ bytes: UnsafeRawBufferPointer) -> Bool {
        headSize += bytes.count
        guard headSize <= Self.largestHead else {
            failure = HTTPError(code: .malformed, message: "the server's answer has no end of headers")
            return false
        }
        head.take(String(decoding: bytes, as: UTF8.self))
        return true
    }

    /// Hands a piece of the response's body on; false ends the transfer.
    func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        do {
            try sink(head, bytes)
            return true
        } catch {
            failure = error
            return false
        }
    }

    /// Gives the next piece of the request's body; nil ends the transfer.
    func giveBody(_ buffer: UnsafeMutableRawBufferPointer) -> Int? {
        do { return try source?(buffer) ?? 0 } catch {
            failure = error
            return nil
        }
    }
}
