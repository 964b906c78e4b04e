// SPDX-License-Identifier: Apache-2.0

import DockerEngine
import JSONTree
import LiveEnvironment
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct EngineWaitTests {
    private final class Counter: Sendable {
        private let count = Mutex(0)
        func next() -> Int {
            count.withLock {
                $0 += 1
                return $0
            }
        }
    }

    /// A line of a container's log as engines send it to whoever reads no terminal.
    private static let log: [UInt8] = [2, 0, 0, 0, 0, 0, 0, 7] + Array("no disk".utf8)

    /// An engine with a container `h`, whose state is one after the other of these.
    private static func engine(_ states: [JSONValue], nested: [String: FakeEngine] = [:]) throws -> FakeEngine {
        let asked = Counter()
        return try FakeEngine(nested: nested) { request in
            switch request.line {
            case "GET /containers/h/json":
                let count = asked.next()
                return .json(["Id": "h", "State": states[min(count, states.count) - 1]])
            case "GET /containers/h/logs": return FakeAnswer(body: log)
            default: return nil
            }
        }
    }

    private static func wait(_ parent: FakeEngine, limit: Duration = .seconds(20)) async throws -> Engine {
        try await EngineWait(
            parent: try await parent.connect(), container: "h", name: "corge",
            entrance: HostEntrance(paths: .outermost, access: nil), limit: limit
        ).engine()
    }

    @Test func `the engine is returned once it answers`() async throws {
        let inner = try FakeEngine { _ in .json(["ID": "inner"]) }
        let parent = try Self.engine([["Running": true]], nested: ["h": inner])
        let engine = try await Self.wait(parent)
        #expect(try await engine.info()["ID"] == "inner")
    }

    @Test func `a host that ended is an error with its status and the end of its log`() async throws {
        let error = await #expect(throws: LiveEnvironmentError.self) {
            _ = try await Self.wait(try Self.engine([["Running": false, "ExitCode": 137]]))
        }
        #expect(error?.code == .hostDoesNotAnswer)
        #expect(error?.message == "corge ended with status 137")
        #expect(error?.hint == "its log ends with:\nno disk")
    }

    @Test func `an engine that does not answer in time is an error with the reason`() async throws {
        let parent = try Self.engine([["Running": true]])
        let error = await #expect(throws: LiveEnvironmentError.self) {
            _ = try await Self.wait(parent, limit: .seconds(2))
        }
        #expect(error?.code == .hostDoesNotAnswer)
        #expect(error?.message.hasPrefix("the engine in corge did not answer within") == true)
        #expect(error?.cause is EngineError)
        #expect(parent.requests.count { $0.line == "GET /containers/h/json" } > 1)
    }
}
