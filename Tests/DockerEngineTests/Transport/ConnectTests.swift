// SPDX-License-Identifier: Apache-2.0

import DockerEngine
import Foundation
import JSONTree
import NIOCore
import TestSupport
import Testing

@Suite("Reaching an engine")
struct ConnectTests {
    @Test("versions are agreed on, and stand in every path")
    func negotiation() async throws {
        try await Peer.run { connection in
            try await connection.negotiate(newest: "1.99", oldest: "1.44")
            #expect(try await connection.request().target == "/v1.51/info")
            try await connection.answer(200, #"{"Name":"x"}"#)
            #expect(try await connection.request().target == "/v1.44/info")
            try await connection.answer(200, #"{"Name":"y"}"#)
        } body: { peer in
            let engine = try await Engine.connect(to: peer.address, limits: shortLimits())
            #expect(engine.apiVersion == APIVersion(1, 51))
            #expect(engine.oldestAPIVersion == APIVersion(1, 44))
            #expect(engine.version["Version"].string == "test")
            #expect(engine.location == "unix://\(peer.path)")
            #expect(engine.depth == 0)
            #expect(try await engine.info()["Name"].string == "x")
            #expect(try await engine.json(.get, "/info", at: APIVersion(1, 44))["Name"].string == "y")
            await engine.close()
        }
    }

    @Test("no socket at all")
    func missing() async throws {
        let folder = try TemporaryFolder()
        let error = await expectError(.unreachable) { try await Engine.connect(to: .unix(folder.path + "/none")) }
        #expect(error?.message.contains("no socket") == true)
    }

    @Test("a socket where nobody listens")
    func abandoned() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/dead.sock"
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c", "import socket,sys; s=socket.socket(socket.AF_UNIX); s.bind(sys.argv[1])", path,
        ]
        try process.run()
        process.waitUntilExit()
        try #require(FileManager.default.fileExists(atPath: path))
        let error = await expectError(.unreachable) { try await Engine.connect(to: .unix(path)) }
        #expect(error?.message.contains("nothing listens") == true)
        await expectError(.unreachable) { try await Engine.connect(to: .tcp(host: "127.0.0.1", port: 1)) }
    }

    @Test("a file that is no socket")
    func file() async throws {
        let folder = try TemporaryFolder()
        try folder.write("x", to: "file")
        await expectError(.unreachable) { try await Engine.connect(to: .unix(folder.path + "/file")) }
    }

    @Test("something that speaks, but not HTTP")
    func banner() async throws {
        try await Peer.run { connection in
            try await connection.send("SSH-2.0-OpenSSH_9.2\r\n")
            _ = try await connection.read()
        } body: { peer in
            let error = await expectError(.notAnEngine) {
                try await Engine.connect(to: peer.address, limits: shortLimits())
            }
            #expect(error?.message.contains("SSH-2.0") == true)
        }
    }

    @Test("a web server", arguments: [200, 404])
    func webServer(status: Int) async throws {
        try await Peer.run { connection in
            while true {
                _ = try await connection.request()
                try await connection.answer(status, "<html>")
            }
        } body: { peer in
            await expectError(.notAnEngine) { try await Engine.connect(to: peer.address, limits: shortLimits()) }
        }
    }

    @Test("an engine that wants TLS")
    func tls() async throws {
        try await Peer.run { connection in
            _ = try await connection.request()
            try await connection.send(
                "HTTP/1.0 400 Bad Request\r\nContent-Length: 47\r\n\r\nClient sent an HTTP request to an HTTPS server.")
        } body: { peer in
            await expectError(.unsupported) { try await Engine.connect(to: peer.address, limits: shortLimits()) }
        }
    }

    @Test("an engine that takes the connection and stays silent")
    func silent() async throws {
        try await Peer.run { connection in
            while try await connection.read() != nil {}
        } body: { peer in
            let limits = shortLimits { $0.connect = .milliseconds(200) }
            let clock = ContinuousClock()
            let time = await clock.measure {
                let error = await expectError(.timedOut) { try await Engine.connect(to: peer.address, limits: limits) }
                // The whole time, not what was left of it when the answer was waited for.
                #expect(error?.message.hasSuffix("was not done with GET /_ping within 200 ms") == true)
            }
            #expect(time < .seconds(2))
        }
    }

    @Test("an engine that hangs up")
    func hangsUp() async throws {
        try await Peer.run { connection in
            _ = try await connection.request()
        } body: { peer in
            let error = await expectError(.cutStream) {
                try await Engine.connect(to: peer.address, limits: shortLimits())
            }
            #expect(error?.message.contains("without an answer to GET /_ping") == true)
        }
    }
}
