// SPDX-License-Identifier: Apache-2.0

import DockerEngine
import NIOCore
import Testing

@Suite("Commands in containers")
struct ExecTests {
    private func withCommand(
        exitCode: Int? = 0, _ command: @escaping @Sendable (PeerConnection) async throws -> Void,
        body: @Sendable (Engine) async throws -> Void
    ) async throws {
        let host = ScriptedHost(exitCode: exitCode, hosts: 0, command: command)
        try await Peer.run {
            try await host.serve($0)
        } body: { peer in
            try await body(try await Engine.connect(to: peer.address, limits: shortLimits()))
        }
    }

    @Test("output, errors and the exit code come back, also when all is over at once", arguments: 0..<20)
    func run(round: Int) async throws {
        try await withCommand(exitCode: 3) { connection in
            let frames =
                PeerConnection.framed(Array("out".utf8)) + PeerConnection.framed(Array("err".utf8), stream: 2)
                + PeerConnection.framed(Array("put\n".utf8))
            try await connection.send(frames)
        } body: { engine in
            let result = try await engine.run(inContainer: "c", command: ["x"])
            #expect(result == (try await engine.run(inContainer: "c", command: ["x"])))
            #expect(result.exitCode == 3)
            #expect(result.output == "output\n")
            #expect(result.errorOutput == "err")
        }
    }

    @Test("input goes in while output comes out, and its end is told")
    func input() async throws {
        try await withCommand { connection in
            var count = 0
            while let bytes = try await connection.read() {
                count += bytes.readableBytes
                try await connection.send(PeerConnection.framed(Array(bytes.readableBytesView)))
            }
            try await connection.send(PeerConnection.framed(Array("\(count)".utf8), stream: 2))
        } body: { engine in
            let result = try await engine.run(
                inContainer: "c", command: ["cat"], input: Chunks(count: 30, size: 100_000, byte: 9))
            #expect(result.stdout == [UInt8](repeating: 9, count: 3_000_000))
            #expect(result.errorOutput == "3000000")
        }
    }

    @Test("a command may end without reading its input")
    func unread() async throws {
        try await withCommand(exitCode: 1) { connection in
            try await connection.send(PeerConnection.framed(Array("no".utf8)))
        } body: { engine in
            let result = try await engine.run(
                inContainer: "c", command: ["false"], input: Chunks(count: 1000, size: 100_000))
            #expect(result.exitCode == 1)
            #expect(result.output == "no")
        }
    }

    @Test("output that stops within a frame is cut")
    func cut() async throws {
        try await withCommand { connection in
            try await connection.send(PeerConnection.framed(Array("hello".utf8)).dropLast())
        } body: { engine in
            await expectError(.cutStream) { try await engine.run(inContainer: "c", command: ["x"]) }
        }
    }

    @Test("output that stops while the command runs is not taken for its end")
    func stillRuns() async throws {
        try await withCommand(exitCode: nil) { connection in
            try await connection.send(PeerConnection.framed(Array("half".utf8)))
        } body: { engine in
            await expectError(.timedOut) {
                try await engine.run(inContainer: "c", command: ["x"], timeLimit: .after(.milliseconds(100)))
            }
        }
    }

    @Test("a command that runs too long")
    func tooLong() async throws {
        try await withCommand { connection in
            while try await connection.read() != nil {}
        } body: { engine in
            let error = await expectError(.timedOut) {
                try await engine.run(inContainer: "c", command: ["x"], timeLimit: .after(.milliseconds(100)))
            }
            #expect(error?.message.contains("100 ms") == true)
        }
    }

    @Test("a command that writes too much")
    func tooMuch() async throws {
        try await withCommand { connection in
            try await connection.send(PeerConnection.framed([UInt8](repeating: 1, count: 2000)))
        } body: { engine in
            await expectError(.tooLarge) {
                try await engine.run(inContainer: "c", command: ["x"], outputLimit: 1000)
            }
        }
    }

    @Test("a terminal's output is taken as it is")
    func terminal() async throws {
        try await withCommand { connection in
            try await connection.send("total 12\r\n")
        } body: { engine in
            let result = try await engine.run(
                inContainer: "c", command: ["ls"], options: ExecOptions(terminal: true))
            #expect(result.output == "total 12\r\n")
        }
    }

    @Test("a terminal's output taken for frames is an error that says so")
    func notFrames() async throws {
        try await withCommand { connection in
            try await connection.send("total 12\r\n")
            while try await connection.read() != nil {}
        } body: { engine in
            let error = await expectError(.badFrame) { try await engine.run(inContainer: "c", command: ["ls"]) }
            #expect(error?.message.contains("Tty") == true)
        }
    }

    @Test("an engine's own words in a stream are an error")
    func engineFrame() async throws {
        try await withCommand { connection in
            try await connection.send(PeerConnection.framed(Array("log driver broke".utf8), stream: 3))
        } body: { engine in
            let error = await expectError(.engineFailure) { try await engine.run(inContainer: "c", command: ["x"]) }
            #expect(error?.message.contains("log driver broke") == true)
        }
    }
}
