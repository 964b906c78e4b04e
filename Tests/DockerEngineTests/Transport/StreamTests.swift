// SPDX-License-Identifier: Apache-2.0

import DockerEngine
import JSONTree
import NIOCore
import TestSupport
import Testing

@Suite("Streams from and to an engine")
struct StreamTests {
    private func engine(_ peer: Peer, _ change: (inout EngineLimits) -> Void = { _ in }) async throws -> Engine {
        try await Engine.connect(to: peer.address, limits: shortLimits(change))
    }

    private static let tar = [UInt8](repeating: 65, count: 512) + [UInt8](repeating: 0, count: 1024)

    @Test("a chunked body comes whole, and the connection goes on", arguments: [1, 7, 100, 1536])
    func chunked(size: Int) async throws {
        try await Peer.run { connection in
            try await connection.negotiate()
            for _ in 0..<2 {
                _ = try await connection.request()
                try await connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                for start in stride(from: 0, to: Self.tar.count, by: size) {
                    let piece = Self.tar[start..<min(start + size, Self.tar.count)]
                    try await connection.send(
                        Array("\(String(piece.count, radix: 16))\r\n".utf8) + piece + Array("\r\n".utf8))
                }
                try await connection.send("0\r\n\r\n")
            }
        } body: { peer in
            let engine = try await engine(peer)
            for _ in 0..<2 {
                #expect(try await engine.saveImages(["a"]).collected() == Self.tar)
            }
            #expect(peer.connections == 1)
        }
    }

    @Test(
        "a body that is cut never looks complete",
        arguments: [
            "Transfer-Encoding: chunked\r\n\r\n400\r\nabc", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
            "Content-Length: 10\r\n\r\nabc", "Connection: close\r\n\r\nabc",
        ])
    func cut(rest: String) async throws {
        try await Peer.run { connection in
            if connection.number == 1 { try await connection.negotiate() }
            _ = try await connection.request()
            try await connection.send("HTTP/1.1 200 OK\r\n" + rest)
        } body: { peer in
            let engine = try await engine(peer)
            let stream = try await engine.download("/images/get")
            await expectError(.cutStream) { try await stream.collected() }
            await expectError(.cutStream) { try await engine.json(.get, "/info") }
        }
    }

    @Test("a tar that stops short is found")
    func tarEnds() async throws {
        try await Peer.run { connection in
            try await connection.negotiate()
            _ = try await connection.request()
            try await connection.answer(200, String(repeating: "A", count: 2048))
        } body: { peer in
            let engine = try await engine(peer)
            await expectError(.cutStream) { try await engine.saveImages(["a"]).collected() }
        }
    }

    @Test("an error in the middle of a tar is told in the engine's words")
    func tarError() async throws {
        try await Peer.run { connection in
            try await connection.negotiate()
            _ = try await connection.request()
            try await connection.answer(
                200, String(repeating: "A", count: 2048) + #"{"errorDetail":{"message":"disk broke"}}"# + "\n")
        } body: { peer in
            let error = await expectError(.engineFailure) {
                try await engine(peer).readArchive("c", path: "/x").collected()
            }
            #expect(error?.message.contains("disk broke") == true)
        }
    }

    @Test("an engine that falls silent in the middle is given up")
    func stall() async throws {
        try await Peer.run { connection in
            try await connection.negotiate()
            _ = try await connection.request()
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
            while try await connection.read() != nil {}
        } body: { peer in
            let stream = try await engine(peer) { $0.stall = .milliseconds(100) }.download("/images/get")
            await expectError(.timedOut) { try await stream.collected() }
        }
    }

    @Test("a reader that stops early closes the connection, at once when told so")
    func early() async throws {
        let ends = Shared(0)
        try await Peer.run { connection in
            if connection.number == 1 { try await connection.negotiate() }
            _ = try await connection.request()
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")
            if try await connection.read() == nil { ends.withLock { $0 += 1 } }
        } body: { peer in
            let engine = try await engine(peer)
            let stream = try await engine.download("/images/get")
            for try await _ in stream { break }
            await stream.close()
            await expectError(.closed) { try await stream.collected() }
            do {
                let dropped = try await engine.download("/images/get")
                for try await _ in dropped { break }
            }
            try await Task.sleep(for: .milliseconds(100))
        }
        #expect(ends.withLock { $0 } == 2)
    }

    @Test("an upload arrives whole and the answer is read")
    func upload() async throws {
        try await Peer.run { connection in
            try await connection.negotiate()
            let request = try await connection.request()
            #expect(request.target == "/v1.45/images/load?quiet=1")
            #expect(request.headers["transfer-encoding"] == "chunked")
            #expect(request.content == [UInt8](repeating: 7, count: 700_000))
            try await connection.answer(200, #"{"stream":"Loaded image: a\n"}"# + "\n")
        } body: { peer in
            let pieces = Chunks(count: 7, size: 100_000, byte: 7)
            let values = try await engine(peer).loadImages(pieces)
            #expect(values.first?["stream"].string == "Loaded image: a\n")
        }
    }

    @Test("an error behind a status 200 is an error")
    func loadError() async throws {
        try await Peer.run { connection in
            try await connection.negotiate()
            _ = try await connection.request()
            try await connection.answer(200, #"{"errorDetail":{"message":"no space left"},"error":"no space left"}"#)
        } body: { peer in
            let error = await expectError(.engineFailure) {
                try await engine(peer).loadImages(Chunks(count: 1, size: 10))
            }
            #expect(error?.message.contains("no space left") == true)
        }
    }

    @Test("an engine that refuses an upload in the middle is heard", arguments: [true, false])
    func refused(closes: Bool) async throws {
        try await Peer.run { connection in
            try await connection.negotiate()
            _ = try await connection.read()
            try await connection.answer(404, #"{"message":"no such folder"}"#)
            if !closes { while try await connection.read() != nil {} }
        } body: { peer in
            let error = await expectError(.notFound) {
                try await engine(peer).writeArchive("c", path: "/x", archive: Chunks(count: 1000, size: 100_000))
            }
            #expect(error?.message.contains("no such folder") == true)
        }
    }

    @Test("an upload whose source fails does not look complete to the engine")
    func sourceFails() async throws {
        let whole = Shared(false)
        try await Peer.run { connection in
            try await connection.negotiate()
            _ = try await connection.request()
            whole.withLock { $0 = true }
        } body: { peer in
            await #expect(throws: Chunks.SourceFailure.self) {
                try await engine(peer).loadImages(Chunks(count: 10, size: 100, failsAtEnd: true))
            }
        }
        #expect(!whole.withLock { $0 })
    }

    @Test("a slow reader holds the sender back")
    func slowReader() async throws {
        let sent = Shared(0)
        try await Peer.run { connection in
            try await connection.negotiate()
            _ = try await connection.request()
            let total = 64 << 20
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n")
            let piece = [UInt8](repeating: 1, count: 64 << 10)
            while sent.withLock({ $0 }) < total {
                try await connection.send(piece)
                sent.withLock { $0 += piece.count }
            }
        } body: { peer in
            let stream = try await engine(peer).download("/images/get")
            var iterator = stream.makeAsyncIterator()
            _ = try await iterator.next()
            try await Task.sleep(for: .milliseconds(300))
            // The kernel's buffers and those of the peer's channel hold a little.
            #expect(sent.withLock { $0 } < 4 << 20)
            var count = 0
            while let bytes = try await iterator.next() { count += bytes.count }
            #expect(count > 63 << 20)
        }
    }

    @Test("a slow engine holds the source of an upload back")
    func slowEngine() async throws {
        let asked = Shared(0)
        let mayGo = Shared(false)
        try await Peer.run { connection in
            try await connection.negotiate()
            while !mayGo.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(10)) }
            var tail: ArraySlice<UInt8> = []
            while !tail.suffix(5).elementsEqual("0\r\n\r\n".utf8), let bytes = try await connection.read() {
                let count = min(8, bytes.readableBytes)
                tail = (tail + (bytes.getBytes(at: bytes.writerIndex - count, length: count) ?? [])).suffix(8)
            }
            try await connection.answer(200, "")
        } body: { peer in
            let engine = try await engine(peer)
            async let load = engine.loadImages(Chunks(count: 640, size: 100_000) { asked.withLock { $0 += 1 } })
            try await Task.sleep(for: .milliseconds(300))
            #expect(asked.withLock { $0 } < 60)
            mayGo.withLock { $0 = true }
            #expect(try await load.isEmpty)
            #expect(asked.withLock { $0 } == 641)
        }
    }
}
