// SPDX-License-Identifier: Apache-2.0

import DockerEngine
import Foundation
import NIOCore
import TestSupport
import Testing

@Suite("Memory stays bounded", .serialized)
struct MemoryTests {
    private static let megabytes = 320

    /// The resident memory of this process, in megabytes; other tests of the process share it.
    private static func resident() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
        return (Int(line.filter(\.isNumber)) ?? 0) / 1024
    }

    @Test("a download through a tunnel, read slowly at first", .timeLimit(.minutes(2)))
    func download() async throws {
        let host = ScriptedHost(hosts: 0) { connection in
            connection.enterFrames()
            try await connection.negotiate()
            _ = try await connection.request()
            try await connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            let chunk = Array("8000\r\n".utf8) + [UInt8](repeating: 0, count: 32 << 10) + Array("\r\n".utf8)
            for _ in 0..<Self.megabytes * 32 { try await connection.send(chunk) }
            try await connection.send("0\r\n\r\n")
            while try await connection.read() != nil {}
        }
        try await Peer.run {
            try await host.serve($0)
        } body: { peer in
            let engine = try await Engine.connect(to: peer.address).nested(inContainer: "h")
            let before = try Self.resident()
            var count = 0
            var highest = before
            for try await bytes in try await engine.saveImages(["a"]) {
                if count == 0 { try await Task.sleep(for: .milliseconds(300)) }
                if count >> 24 != (count + bytes.count) >> 24 { highest = max(highest, try Self.resident()) }
                count += bytes.count
            }
            #expect(count == Self.megabytes << 20)
            #expect(highest - before < 64)
        }
    }

    @Test("an upload to an engine that is slow at first", .timeLimit(.minutes(2)))
    func upload() async throws {
        try await Peer.run { connection in
            try await connection.negotiate()
            try await Task.sleep(for: .milliseconds(300))
            var last: [UInt8] = []
            while !last.elementsEqual("0\r\n\r\n".utf8), let bytes = try await connection.read() {
                let count = min(5, bytes.readableBytes)
                last = Array((last + (bytes.getBytes(at: bytes.writerIndex - count, length: count) ?? [])).suffix(5))
            }
            try await connection.answer(200, "")
        } body: { peer in
            let engine = try await Engine.connect(to: peer.address)
            let before = try Self.resident()
            let highest = Shared(before)
            let asked = Shared(0)
            let source = Chunks(count: Self.megabytes, size: 1 << 20) {
                let number = asked.withLock { count in
                    count += 1
                    return count
                }
                guard number % 16 == 0, let now = try? Self.resident() else { return }
                highest.withLock { $0 = max($0, now) }
            }
            _ = try await engine.loadImages(source)
            #expect(asked.withLock { $0 } == Self.megabytes + 1)
            #expect(highest.withLock { $0 } - before < 64)
        }
    }
}
