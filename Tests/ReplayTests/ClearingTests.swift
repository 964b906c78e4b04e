// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import JSONTree
import LiveEnvironment
import Steps
import TestSupport
import Testing

@testable import Replay

@Suite(.timeLimit(.minutes(1))) struct ClearingTests {
    private let fixture: StoreFixture

    init() throws { fixture = try StoreFixture() }

    private static func engine(refusing: [String: Int] = [:]) throws -> FakeEngine {
        let asked = Reports()
        return try FakeEngine { request in
            if request.path.hasSuffix("/wait") || request.path.hasSuffix("/update") {
                return .json(["StatusCode": 137])
            }
            guard request.method == "DELETE" else { return request.method == "GET" ? nil : .done }
            asked.add(request.path)
            let times = asked.all.count { $0 == request.path }
            if times <= refusing[request.path] ?? 0 { return .failure(409, "in use") }
            return request.path.hasPrefix("/images/") ? .json([]) : .done
        }
    }

    private func clear(
        _ found: EngineRecord, of captured: EngineRecord? = nil, by engine: FakeEngine, label: String? = nil,
        except standing: Standing = .nothing
    ) async throws {
        let clearing = Clearing(label: label, access: LocalDataAccess(), report: .silent)
        try await clearing.clear(
            try await Sample.found(found, by: engine), of: captured ?? found, except: standing)
    }

    @Test func `what does not stay is removed, containers first`() async throws {
        let engine = try Self.engine()
        try await clear(
            Sample.record(
                [Sample.container("a")], networks: [Sample.network("net"), Sample.network("bridge")],
                volumes: [Sample.volume("v")]), by: engine)
        #expect(
            engine.changes.map(\.line) == [
                "DELETE /containers/id-a", "DELETE /networks/id-net", "DELETE /volumes/v",
            ])
        #expect(engine.changes[0].query == ["force": ["1"], "v": ["1"]])
    }

    @Test func `what stays and runs is killed without its policy, and loses its log; a host goes on`() async throws {
        let log = try fixture.folder.write("old", to: "log/id-json.log")
        try fixture.folder.write("older", to: "log/id-json.log.1")
        try fixture.folder.write("hosts", to: "log/hosts")
        var leaf = Sample.container(
            "leaf", host: ["RestartPolicy": ["Name": "always"], "LogConfig": ["Type": "json-file"]],
            mounts: [["Type": "volume", "Name": "anonymous", "Destination": "/x"]])
        guard case .object(var inspect) = leaf.inspect else { return }
        inspect["LogPath"] = .string(log)
        leaf.inspect = .object(inspect)
        let host = Sample.container("host", inner: Sample.record([]))
        let ended = Sample.container("ended", state: ["Status": "exited"])
        let record = Sample.record([leaf, host, ended], volumes: [Sample.volume("anonymous"), Sample.volume("v")])
        let engine = try Self.engine()
        var standing = Standing(networks: ["net": "id-net"], volumes: ["v"])
        for container in record.containers { standing.containers[container.id] = container }
        standing.hosts["id-host"] = StandingHost(
            engine: try await engine.connect(), paths: .outermost, inside: .nothing)
        try await clear(record, by: engine, except: standing)
        #expect(
            engine.changes.map(\.line) == [
                "POST /containers/id-leaf/update", "POST /containers/id-leaf/kill", "POST /containers/id-leaf/wait",
            ])
        #expect(try fixture.shell("ls log") == ["hosts"])
    }

    @Test func `without a capsule only what bears the label is touched, and no image`() async throws {
        let labels: JSONValue = ["io.envsnap.replay": "again"]
        var record = Sample.record(
            [Sample.container("ours", labels: labels), Sample.container("theirs", labels: ["io.envsnap.replay": "x"])],
            networks: [Sample.network("net"), Sample.network("made", labels: labels)],
            volumes: [Sample.volume("v"), Sample.volume("w", labels: labels)])
        record.images = [
            ImageRecord(id: "sha256:1", config: try Sample.digest("1"), layers: [], tags: ["t:1"], inspect: [:])
        ]
        let engine = try Self.engine()
        try await clear(record, of: Sample.record([]), by: engine, label: "again")
        #expect(
            engine.changes.map(\.line) == [
                "DELETE /containers/id-ours", "DELETE /networks/id-made", "DELETE /volumes/w",
            ])
    }

    @Test func `added images and names go; one that others stand on goes after them`() async throws {
        func image(_ name: String, tags: [String]) throws -> ImageRecord {
            ImageRecord(
                id: "sha256:" + name, config: try Sample.digest(name), layers: [], tags: tags, inspect: [:])
        }
        var (captured, found) = (Sample.record([], networks: []), Sample.record([], networks: []))
        captured.images = [try image("a", tags: ["a:1"]), try image("b", tags: [])]
        found.images = [
            try image("a", tags: ["a:1", "a:2"]), try image("b", tags: []), try image("c", tags: []),
            try image("d", tags: ["a:3"]),
        ]
        let engine = try Self.engine(refusing: ["/images/sha256:c": 1])
        try await clear(found, of: captured, by: engine)
        #expect(
            engine.changes.map(\.path) == [
                "/images/a:2", "/images/sha256:c", "/images/a:3", "/images/sha256:d", "/images/sha256:c",
            ])
    }

    @Test func `an image that cannot be removed is an error`() async throws {
        var found = Sample.record([], networks: [])
        found.images = [
            ImageRecord(id: "sha256:1", config: try Sample.digest("1"), layers: [], tags: [], inspect: [:])
        ]
        let engine = try Self.engine(refusing: ["/images/sha256:1": 9])
        let (record, none) = (found, Sample.record([], networks: []))
        await #expect(throws: (any Error).self) { try await clear(record, of: none, by: engine) }
    }
}
