// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Reads HTTP/1.1 answers from bytes cut anywhere, RFC 9112; a value without I/O.
///
/// It is not NIO's decoder because that one drops what stands behind a `101` when the end of the stream comes in the
/// same read: the whole output of a short `exec`. Here the bytes behind a head stay in `unread`, whatever follows.
struct HTTPResponseParser {
    /// What was read.
    enum Event {
        case head(HTTPHead)
        case body(ByteBuffer)
        case end
    }

    private enum State: Equatable {
        case head
        case counted(left: Int)
        case chunkSize
        case chunk(left: Int)
        case chunkEnd
        case trailers
        case untilClose
        case complete
    }

    /// Longer heads, chunk lines and trailers are refused.
    static let headLimit = 256 << 10

    private var state = State.head
    private let method: HTTPMethod
    /// Bytes received and not yet read: after a switch of protocols, the first ones of the new protocol.
    private(set) var unread = ByteBuffer()
    /// How many bytes came in all; none means that a request on a reused connection may be sent again.
    private(set) var received = 0

    /// A parser for the answer to one request.
    init(method: HTTPMethod) { self.method = method }

    /// Whether the answer was read to its end.
    var isComplete: Bool { state == .complete }

    /// Whether the body only ends with the connection.
    var endsWithConnection: Bool { state == .untilClose }

    /// Takes bytes from the peer.
    mutating func append(_ bytes: ByteBuffer) {
        received += bytes.readableBytes
        if unread.readableBytes == 0 {
            unread = bytes
        } else {
            unread.writeImmutableBuffer(bytes)
        }
    }

    /// The end of the stream: fails unless the answer was complete.
    func finish() throws(HTTPFault) {
        guard state == .complete else { throw state == .untilClose ? .unmarkedEnd : .cut }
    }

    /// The next event, or nil where more bytes are needed.
    mutating func next() throws(HTTPFault) -> Event? {
        while true {
            switch state {
            case .head:
                guard let head = try nextHead() else { return nil }
                // 1xx are only announcements (RFC 9110 section 15.2), but 101 ends HTTP.
                if (100..<200).contains(head.status), head.status != 101 { continue }
                state = try framing(of: head)
                return .head(head)
            case .counted(left: 0):
                state = .complete
                return .end
            case .counted(let left):
                guard let piece = nextPiece(of: left) else { return nil }
                state = .counted(left: left - piece.readableBytes)
                return .body(piece)
            case .chunk(left: 0):
                state = .chunkEnd
            case .chunk(let left):
                guard let piece = nextPiece(of: left) else { return nil }
                state = .chunk(left: left - piece.readableBytes)
                return .body(piece)
            case .chunkSize:
                guard let line = try nextLine() else { return nil }
                let size = try chunkSize(line)
                state = size == 0 ? .trailers : .chunk(left: size)
            case .chunkEnd:
                guard let line = try nextLine() else { return nil }
                guard line.isEmpty else { throw .malformed("a chunk is longer than it says") }
                state = .chunkSize
            case .trailers:
                guard let line = try nextLine() else { return nil }
                guard line.isEmpty else { continue }
                state = .complete
                return .end
            case .untilClose:
                guard unread.readableBytes > 0 else { return nil }
                defer { unread.clear() }
                return .body(unread.slice())
            case .complete:
                return nil
            }
        }
    }

    /// How the body is delimited, RFC 9112 section 6.3.
    private func framing(of head: HTTPHead) throws(HTTPFault) -> State {
        if head.status == 101 { return .untilClose }
        if method == .head || head.status == 204 || head.status == 304 { return .counted(left: 0) }
        let codings = head.words("transfer-encoding")
        guard codings.isEmpty else {
            guard codings == ["chunked"] else { throw .malformed("its transfer encoding is \(codings)") }
            return .chunkSize
        }
        let lengths = Set(head.words("content-length"))
        guard let length = lengths.first else { return .untilClose }
        guard lengths.count == 1, let count = Int(length), count >= 0, length.utf8.allSatisfy({ $0 >= 48 && $0 < 58 })
        else { throw .malformed("its length is \(lengths.sorted())") }
        return .counted(left: count)
    }

    private mutating func nextHead() throws(HTTPFault) -> HTTPHead? {
        let view = unread.readableBytesView
        // Nothing but HTTP begins with these letters: an error text is told from an answer at once.
        guard zip(view, "HTTP/1.".utf8).allSatisfy({ $0 == $1 }) else {
            throw .notHTTP(String(decoding: view.prefix(400), as: UTF8.self))
        }
        guard let end = endOfHead(view) else {
            guard view.count < Self.headLimit else { throw .malformed("its head is too long") }
            return nil
        }
        let lines = view[..<end].split(separator: UInt8(ascii: "\n")).map { line in
            String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
        }
        unread.moveReaderIndex(to: end)
        return try HTTPHead(lines: lines.filter { !$0.isEmpty })
    }

    /// The index behind the empty line that ends a head.
    private func endOfHead(_ view: ByteBufferView) -> ByteBufferView.Index? {
        var start = view.startIndex
        while let newline = view[start...].firstIndex(of: UInt8(ascii: "\n")) {
            let line = view[start..<newline]
            if start != view.startIndex, line.isEmpty || line.elementsEqual([UInt8(ascii: "\r")]) {
                return view.index(after: newline)
            }
            start = view.index(after: newline)
        }
        return nil
    }

    /// What has come of a part of the body of which so many bytes are to come; nil where that is nothing.
    private mutating func nextPiece(of left: Int) -> ByteBuffer? {
        guard unread.readableBytes > 0 else { return nil }
        return unread.readSlice(length: min(left, unread.readableBytes))
    }

    private mutating func nextLine() throws(HTTPFault) -> [UInt8]? {
        let view = unread.readableBytesView
        guard let newline = view.firstIndex(of: UInt8(ascii: "\n")) else {
            guard view.count < Self.headLimit else { throw .malformed("a line of its body is too long") }
            return nil
        }
        var line = Array(view[..<newline])
        unread.moveReaderIndex(to: newline + 1)
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        return line
    }

    private func chunkSize(_ line: [UInt8]) throws(HTTPFault) -> Int {
        let digits = line.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") }
        let isHex = digits.allSatisfy { ($0 >= 48 && $0 < 58) || ($0 | 32 >= 97 && $0 | 32 < 103) }
        guard isHex, digits.count <= 15, let size = Int(String(decoding: digits, as: UTF8.self), radix: 16) else {
            throw .malformed("the size of a chunk is no number")
        }
        return size
    }
}
