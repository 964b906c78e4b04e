// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Testing

@testable import DockerEngine

@Suite("HTTP answers, cut anywhere")
struct HTTPResponseParserTests {
    struct Answer: Sendable {
        var text: String
        var method = HTTPMethod.get
        var status = 200
        var body = ""
    }

    static let whole = [
        Answer(text: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", body: "hello"),
        Answer(text: "HTTP/1.1 204 No Content\r\n\r\n", status: 204),
        Answer(text: "HTTP/1.1 304\r\nContent-Length: 7\r\n\r\n", status: 304),
        Answer(text: "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", method: .head),
        Answer(text: "HTTP/1.0 200 OK\nContent-length: 2\n\nok", body: "ok"),
        Answer(text: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n", status: 201),
        Answer(
            text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "5\r\nhello\r\n1;x=y\r\n!\r\nA\r\n0123456789\r\n0\r\n\r\n",
            body: "hello!0123456789"),
        Answer(
            text: "HTTP/1.1 500 Oh\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\nTrailer: x\r\n\r\n", status: 500),
    ]

    private func events(_ pieces: [Substring.UTF8View], _ method: HTTPMethod) throws -> (Int, String, Bool) {
        var parser = HTTPResponseParser(method: method)
        var status = 0
        var body: [UInt8] = []
        var ended = false
        for piece in pieces {
            parser.append(ByteBuffer(bytes: Array(piece)))
            while let event = try parser.next() {
                switch event {
                case .head(let head): status = head.status
                case .body(let bytes): body += bytes.readableBytesView
                case .end: ended = true
                }
            }
        }
        try parser.finish()
        return (status, String(decoding: body, as: UTF8.self), ended)
    }

    @Test("the same wherever it is split", arguments: whole)
    func splits(answer: Answer) throws {
        let bytes = Substring(answer.text).utf8
        for split in bytes.indices {
            let (status, body, ended) = try events([bytes[..<split], bytes[split...]], answer.method)
            #expect(status == answer.status)
            #expect(body == answer.body)
            #expect(ended)
        }
        let (status, body, _) = try events(bytes.indices.map { bytes[$0...$0] }, answer.method)
        #expect(status == answer.status)
        #expect(body == answer.body)
    }

    @Test("never whole when cut before its end", arguments: whole)
    func cuts(answer: Answer) {
        let bytes = Substring(answer.text).utf8
        for cut in bytes.indices {
            #expect(throws: HTTPFault.self) { try events([bytes[..<cut]], answer.method) }
        }
    }

    @Test(
        "refused",
        arguments: [
            "SSH-2.0-OpenSSH_9.2\r\n", "OCI runtime exec failed: no docker", "HTTP/2 200\r\n\r\n",
            "HTTP/1.1 abc\r\n\r\n",
            "HTTP/1.1 20\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "HTTP/1.1 200 OK\r\nA : b\r\n\r\n",
            "HTTP/1.1 200 OK\r\n: b\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
        ])
    func refused(text: String) {
        #expect(throws: HTTPFault.self) { try events([Substring(text).utf8], .get) }
    }

    @Test("a body that only ends with the connection is no whole one")
    func unmarkedEnd() {
        #expect(throws: HTTPFault.unmarkedEnd) { try events(["HTTP/1.1 200 OK\r\n\r\nabc".utf8[...]], .get) }
    }

    @Test("a head without end is refused before memory fills")
    func endless() {
        let text = "HTTP/1.1 200 OK\r\n" + String(repeating: "A: b\r\n", count: 60_000)
        #expect(throws: HTTPFault.malformed("its head is too long")) { try events([Substring(text).utf8], .get) }
    }

    @Test("the first words of something else are kept")
    func notHTTP() {
        #expect(throws: HTTPFault.notHTTP("docker: not found")) { try events(["docker: not found".utf8[...]], .get) }
    }

    @Test("what stands behind a 101 is kept for the protocol that follows")
    func upgrade() throws {
        let text = "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n\u{1}\0\0\0\0\0\0\u{2}hi"
        for split in text.utf8.indices {
            var parser = HTTPResponseParser(method: .post)
            var head: HTTPHead?
            for piece in [text.utf8[..<split], text.utf8[split...]] {
                parser.append(ByteBuffer(bytes: Array(piece)))
                if head == nil, case .head(let found)? = try parser.next() { head = found }
            }
            #expect(head?.status == 101)
            #expect(parser.endsWithConnection)
            #expect(Array(parser.unread.readableBytesView) == [1, 0, 0, 0, 0, 0, 0, 2, 104, 105])
        }
    }

    @Test(
        "whether a connection may go on",
        arguments: [
            ("HTTP/1.1 200 OK\r\n\r\n", true), ("HTTP/1.1 200 OK\r\nConnection: Close\r\n\r\n", false),
            ("HTTP/1.0 200 OK\r\n\r\n", false), ("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n", true),
        ])
    func keepAlive(text: String, expected: Bool) throws {
        var parser = HTTPResponseParser(method: .get)
        parser.append(ByteBuffer(string: text))
        guard case .head(let head)? = try parser.next() else {
            Issue.record("no head")
            return
        }
        #expect(head.keepsAlive == expected)
    }
}
