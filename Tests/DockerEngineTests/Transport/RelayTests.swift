// SPDX-License-Identifier: Apache-2.0

import DockerEngine
import Foundation
import JSONTree
import NIOCore
import TestSupport
import Testing

@Suite("A relay at a socket of its own", .timeLimit(.minutes(1)))
struct RelayTests {
    /// Runs a body against the relay of an engine.
    private func withRelay(
        hosts: Int = 0, command: @escaping @Sendable (PeerConnection) async throws -> Void = { _ in },
        engine supply: (@Sendable (Engine, (any Error)?) async throws -> Engine)? = nil,
        body: @Sendable (_ address: EngineAddress, _ relay: EngineRelay) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/relay.sock"
        let host = ScriptedHost(exitCode: 0, hosts: hosts, command: command)
        try await Peer.run {
            try await host.serve($0)
        } body: { peer in
            var engine = try await Engine.connect(to: peer.address, limits: shortLimits())
            if hosts > 0 { engine = try await engine.nested(inContainer: "host") }
            let reached = engine
            let relay = EngineRelay(path: path) { failure in
                guard let supply else { return reached }
                return try await supply(reached, failure)
            }
            let (ready, continuation) = AsyncStream.makeStream(of: Void.self)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await relay.serve { continuation.finish() } }
                for await _ in ready {}
                try await body(.unix(path), relay)
                group.cancelAll()
                // A relay that is cancelled may say so.
                while let result = await group.nextResult() { _ = result }
            }
        }
        withExtendedLifetime(folder) {}
    }

    @Test("requests and their answers pass, also through a tunnel", arguments: [0, 1])
    func requests(hosts: Int) async throws {
        try await withRelay(hosts: hosts) { address, relay in
            let engine = try await Engine.connect(to: address, limits: shortLimits())
            for _ in 0..<20 { #expect(try await engine.info()["Name"].string == "depth \(hosts)") }
            #expect(relay.idleTime == nil)
            await engine.close()
            for _ in 0..<100 where relay.idleTime == nil { try await Task.sleep(for: .milliseconds(10)) }
            #expect(relay.idleTime != nil)
        }
    }

    @Test("the end of a command's input passes, and what it says after it", arguments: [0, 1])
    func halfClosed(hosts: Int) async throws {
        try await withRelay(hosts: hosts) { connection in
            var count = 0
            while let bytes = try await connection.read() { count += bytes.readableBytes }
            try await connection.send(PeerConnection.framed(Array("\(count)".utf8)))
            let large = [UInt8](repeating: 7, count: 60_000)
            for _ in 0..<50 { try await connection.send(PeerConnection.framed(large)) }
            try await connection.close()
        } body: { address, _ in
            let engine = try await Engine.connect(to: address, limits: shortLimits())
            let session = try await engine.exec(inContainer: "c", command: ["x"], options: ExecOptions(input: true))
            for _ in 0..<30 { try await session.write([UInt8](repeating: 1, count: 100_000)) }
            try await session.closeInput()
            var output: [UInt8] = []
            for try await chunk in session.output { output += chunk.bytes }
            #expect(output.starts(with: "3000000".utf8))
            #expect(output.count == 7 + 50 * 60_000)
        }
    }

    @Test("many connections at once")
    func many() async throws {
        try await withRelay { address, _ in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<100 {
                    group.addTask {
                        let engine = try await Engine.connect(to: address, limits: shortLimits())
                        #expect(try await engine.info()["Name"].string == "depth 0")
                        await engine.close()
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("an engine that cannot be reached is told in its place, and another is asked for")
    func unreachable() async throws {
        let asked = Shared<[Bool]>([])
        try await withRelay(engine: { engine, failure in
            asked.withLock { $0.append(failure != nil) }
            if failure != nil { throw EngineError(.hostNotRunning, "corge is gone") }
            await engine.close()
            return engine
        }) { address, _ in
            let error = await #expect(throws: EngineError.self) {
                try await Engine.connect(to: address, limits: shortLimits())
            }
            #expect(error?.message.contains("envsnap: corge is gone") == true, "\(String(describing: error))")
        }
        #expect(asked.withLock { $0 } == [false, true])
    }
}
