// SPDX-License-Identifier: Apache-2.0

import DockerEngine
import JSONTree
import NIOCore
import Testing

@Suite("Engines inside hosts")
struct TunnelTests {
    private func withHost(
        _ host: ScriptedHost, _ body: @Sendable (Engine, Peer) async throws -> Void
    ) async throws {
        try await Peer.run {
            try await host.serve($0)
        } body: { peer in
            try await body(try await Engine.connect(to: peer.address, limits: shortLimits()), peer)
        }
    }

    @Test("a nested engine is reached through frames, to any depth", arguments: 1...4)
    func depths(depth: Int) async throws {
        try await withHost(ScriptedHost(hosts: depth)) { engine, _ in
            var nested = engine
            for level in 1...depth {
                nested = try await nested.nested(inContainer: "host\(level)")
                #expect(nested.depth == level)
                #expect(try await nested.info()["Name"].string == "depth \(level)")
            }
            #expect(nested.location.hasSuffix((1...depth).map { " > host\($0)" }.joined()))
            #expect(nested.apiVersion == APIVersion(1, 45))
            await engine.close()
            await expectError(.closed) { try await nested.info() }
        }
    }

    @Test("the tunnel is used again")
    func reuse() async throws {
        try await withHost(ScriptedHost()) { engine, peer in
            let nested = try await engine.nested(inContainer: "host", named: "the host")
            for _ in 0..<5 { _ = try await nested.info() }
            #expect(nested.location.hasSuffix("> the host"))
            // One for the engine's own requests, one that became the tunnel.
            #expect(peer.connections == 2)
            await nested.close()
            #expect(try await engine.info()["Name"].string == "depth 0")
            #expect(peer.connections == 2)
        }
    }

    @Test("an engine that answers 200 instead of 101 is reached as well")
    func ok() async throws {
        let answer = "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n"
        try await withHost(ScriptedHost(startAnswer: answer)) { engine, _ in
            let nested = try await engine.nested(inContainer: "host")
            #expect(try await nested.info()["Name"].string == "depth 1")
        }
    }

    @Test("an engine that keeps to HTTP is told from one that hands the connection over")
    func noUpgrade() async throws {
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
        try await withHost(ScriptedHost(startAnswer: answer)) { engine, _ in
            await expectError(.unsupported) { try await engine.nested(inContainer: "host") }
        }
    }

    @Test(
        "a host without a docker command, whether its words come as output, as errors or not at all",
        arguments: [
            (UInt8(1), "OCI runtime exec failed: exec: \"docker\": executable file not found in $PATH: unknown\r\n"),
            (UInt8(2), "sh: docker: not found\n"), (UInt8(2), ""),
        ])
    func noCommandLine(stream: UInt8, text: String) async throws {
        let host = ScriptedHost(exitCode: 127, hosts: 0) { connection in
            try await connection.send(PeerConnection.framed(Array(text.utf8), stream: stream))
        }
        try await withHost(host) { engine, _ in
            let error = await expectError(.noCommandLine) { try await engine.nested(inContainer: "foo-host") }
            #expect(error?.message.contains("foo-host") == true)
            let words = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? "127"
            #expect(error?.message.contains(words) == true)
            #expect(error?.hint?.contains("Install") == true)
        }
    }

    @Test("a host whose engine does not run")
    func noEngine() async throws {
        let text = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?"
        let host = ScriptedHost(exitCode: 1, hosts: 0) { connection in
            try await connection.send(PeerConnection.framed(Array(text.utf8), stream: 2))
        }
        try await withHost(host) { engine, _ in
            await expectError(.unreachable) { try await engine.nested(inContainer: "host") }
        }
    }

    @Test("a host whose engine is silent")
    func silent() async throws {
        let host = ScriptedHost(hosts: 0) { connection in while try await connection.read() != nil {} }
        try await withHost(host) { engine, _ in
            await expectError(.timedOut) { try await engine.nested(inContainer: "host") }
        }
    }

    @Test(
        "a host that is paused, stopped or missing",
        arguments: [
            (409, "Container h is paused, unpause the container before exec", EngineError.Code.hostNotRunning),
            (409, "Container h is not running", .hostNotRunning), (404, "No such container: h", .notFound),
        ])
    func notRunning(status: Int, text: String, code: EngineError.Code) async throws {
        let host = ScriptedHost(createStatus: status, createAnswer: #"{"message":"\#(text)"}"#)
        try await withHost(host) { engine, _ in
            let error = await expectError(code) { try await engine.nested(inContainer: "h") }
            #expect(error?.message.contains(text) == true)
            #expect(error?.status == status)
        }
    }

    @Test("frames that are none")
    func badFrame() async throws {
        let host = ScriptedHost(hosts: 0) { connection in
            try await connection.send("HTTP/1.1 200 OK\r\n\r\n")
            while try await connection.read() != nil {}
        }
        try await withHost(host) { engine, _ in
            let error = await expectError(.badFrame) { try await engine.nested(inContainer: "h") }
            #expect(error?.message.contains("Tty") == true)
        }
    }

    @Test("frames cut anywhere, within and between")
    func splits() async throws {
        let answers = [
            "HTTP/1.1 200 OK\r\nApi-Version: 1.45\r\nContent-Length: 2\r\n\r\nOK",
            "HTTP/1.1 200 OK\r\nContent-Length: 24\r\n\r\n{\"MinAPIVersion\":\"1.24\"}",
        ]
        for split in [1, 3, 5, 8, 9, 13, 40] {
            let host = ScriptedHost(hosts: 0) { connection in
                for answer in answers {
                    _ = try await connection.request()
                    let bytes = Array(answer.utf8)
                    let stream = stride(from: 0, to: bytes.count, by: split).flatMap {
                        PeerConnection.framed(Array(bytes[$0..<min($0 + split, bytes.count)]))
                    }
                    for start in stride(from: 0, to: stream.count, by: 11) {
                        try await connection.send(Array(stream[start..<min(start + 11, stream.count)]))
                    }
                }
                while try await connection.read() != nil {}
            }
            try await withHost(host) { engine, _ in
                let nested = try await engine.nested(inContainer: "h")
                #expect(nested.version["MinAPIVersion"].string == "1.24")
            }
        }
    }

    @Test("a host that dies in the middle of a stream")
    func dies() async throws {
        let host = ScriptedHost(exitCode: 137, hosts: 0) { connection in
            let answer = "HTTP/1.1 200 OK\r\nApi-Version: 1.45\r\nContent-Length: 2\r\n\r\nOK"
            _ = try await connection.request()
            try await connection.send(PeerConnection.framed(Array(answer.utf8)))
            _ = try await connection.request()
            try await connection.send(
                PeerConnection.framed(Array("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{".utf8)))
        }
        try await withHost(host) { engine, _ in
            let error = await expectError(.cutStream) { try await engine.nested(inContainer: "h") }
            #expect(error?.message.contains("137") == true)
        }
    }
}
