// SPDX-License-Identifier: Apache-2.0

import DockerEngine
import EnvironmentModel
import JSONTree
import TestSupport
import Testing

@testable import LiveEnvironment

@Suite(.timeLimit(.minutes(1))) struct HostDetectorTests {
    @Test func `a container without powers is not even asked`() async throws {
        let outer = try FakeEngine { _ in nil }
        let found = try await Self.detector(on: outer, FakeWorld.container("h", path: "dockerd")).connect(ancestors: [])
        #expect(found?.engine === nil)
        #expect(outer.requests.isEmpty)
    }

    @Test func `a privileged container whose engine answers is a host`() async throws {
        let inner = try FakeEngine(handler: FakeWorld(info: ["ID": "inner"]).handler)
        let outer = try FakeEngine(nested: ["h": inner]) { _ in nil }
        let detector = try await Self.detector(on: outer, FakeWorld.container("h", privileged: true))
        let found = try #require(try await detector.connect(ancestors: ["outer"]))
        #expect(found.info["ID"] == "inner")
        #expect(found.engine.depth == 1)
        await found.engine.close()
    }

    @Test func `one that has the socket of an engine above is none`() async throws {
        let inner = try FakeEngine(handler: FakeWorld(info: ["ID": "outer"]).handler)
        let outer = try FakeEngine(nested: ["h": inner]) { _ in nil }
        let detector = try await Self.detector(on: outer, FakeWorld.container("h", privileged: true))
        #expect(try await detector.connect(ancestors: ["outermost", "outer"])?.engine === nil)
    }

    @Test func `a privileged container of another kind is no host`() async throws {
        let outer = try FakeEngine { _ in nil }
        let detector = try await Self.detector(on: outer, FakeWorld.container("h", privileged: true))
        #expect(try await detector.connect(ancestors: [])?.engine === nil)
        #expect(outer.requests.map(\.line) == ["POST /containers/h/exec"])
    }

    @Test(arguments: ["dockerd", "/usr/local/bin/dockerd-entrypoint.sh", "/usr/bin/dockerd"])
    func `one that runs an engine has to answer`(_ path: String) async throws {
        let outer = try FakeEngine { _ in nil }
        let container = FakeWorld.container("h", privileged: true, path: path)
        let detector = try await Self.detector(on: outer, container)
        let error = await #expect(throws: LiveEnvironmentError.self) { try await detector.connect(ancestors: []) }
        #expect(error?.code == .hostDoesNotAnswer)
        #expect(error?.message.contains("corge") == true)
        #expect(error?.hint?.contains("docker logs name-h") == true)
    }

    @Test func `one that the user names has to answer whatever it looks like`() async throws {
        let outer = try FakeEngine { _ in nil }
        let detector = try await Self.detector(on: outer, FakeWorld.container("h"), isNamed: true)
        let error = await #expect(throws: LiveEnvironmentError.self) { try await detector.connect(ancestors: []) }
        #expect(error?.code == .hostDoesNotAnswer)
    }

    @Test func `a Sysbox container is a host without being privileged`() async throws {
        let inner = try FakeEngine(handler: FakeWorld(info: ["ID": "inner"]).handler)
        let outer = try FakeEngine(nested: ["h": inner]) { _ in nil }
        var record = FakeWorld.container("h").object ?? JSONObject()
        record["HostConfig"] = ["Runtime": "sysbox-runc"]
        let detector = try await Self.detector(on: outer, .object(record))
        let found = try #require(try await detector.connect(ancestors: []))
        await found.engine.close()
    }

    private static func detector(on outer: FakeEngine, _ inspect: JSONValue, isNamed: Bool = false) async throws
        -> HostDetector
    {
        HostDetector(
            parent: try await outer.connect(), entrance: HostEntrance(paths: .outermost, access: nil),
            container: ContainerRecord(inspect: inspect), name: "corge", isNamed: isNamed)
    }
}
