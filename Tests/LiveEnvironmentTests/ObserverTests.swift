// SPDX-License-Identifier: Apache-2.0

import DockerEngine
import EnvironmentModel
import Glibc
import JSONTree
import LiveEnvironment
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct ObserverTests {
    @Test func `a project's part of an engine is found, and nothing of others`() async throws {
        var world = FakeWorld()
        world.containers = [
            FakeWorld.container("b", created: "2"), FakeWorld.container("a", created: "1"),
            FakeWorld.container("x", project: "bar", network: "other"),
        ]
        let mine: JSONValue = ["com.docker.compose.project": "foo"]
        world.networks = [
            ["Id": "n1", "Name": "n", "Created": "2"], ["Id": "n2", "Name": "idle", "Labels": mine, "Created": "1"],
            ["Id": "n3", "Name": "other"],
        ]
        world.volumes = [["Name": "z", "Labels": mine], ["Name": "a", "Labels": mine], ["Name": "foreign"]]
        world.images = [FakeWorld.image(), FakeWorld.image("sha256:" + String(repeating: "4", count: 64))]
        let engine = try FakeEngine(handler: world.handler)
        let found = try await Observer().observe(try await engine.connect(), scope: .project("foo"))
        #expect(found.record.containers.map(\.id) == ["a", "b"])
        #expect(found.record.networks.map(\.id) == ["n2", "n1"])
        #expect(found.record.volumes.map(\.name) == ["a", "z"])
        #expect(found.record.images.map(\.id) == [FakeWorld.imageID])
        #expect(found.record.images.map(\.tags) == [["foo:dev"]])
        #expect(engine.changes.isEmpty)
        #expect(found.answers.contains { $0.name == "containers/a.json" })
    }

    @Test func `of a capsule everything is looked at but the networks that nothing uses`() async throws {
        var world = FakeWorld()
        world.containers = [
            FakeWorld.container("a"), FakeWorld.container("added", project: nil, network: "bridge"),
        ]
        world.networks = [
            ["Id": "n1", "Name": "n"], ["Id": "n2", "Name": "bridge"], ["Id": "n3", "Name": "host"],
            ["Id": "n4", "Name": "added"],
        ]
        world.volumes = [["Name": "added"]]
        world.images = [FakeWorld.image(), FakeWorld.image("sha256:" + String(repeating: "4", count: 64))]
        let engine = try FakeEngine(handler: world.handler)
        let found = try await Observer().observe(try await engine.connect(), scope: .capsule)
        #expect(found.record.containers.map(\.id) == ["a", "added"])
        #expect(Set(found.record.networks.map(\.id)) == ["n1", "n2", "n4"])
        #expect(found.record.volumes.map(\.name) == ["added"])
        #expect(found.record.images.count == 2)
    }

    @Test func `engines inside hosts are found with everything in them, to any depth`() async throws {
        var deep = FakeWorld(info: ["ID": "deep"])
        deep.containers = [FakeWorld.container("leaf", project: nil)]
        deep.images = [FakeWorld.image()]
        var middle = FakeWorld(info: ["ID": "middle"])
        middle.containers = [FakeWorld.container("inner", project: "other", privileged: true)]
        middle.images = deep.images
        middle.volumes = [["Name": "unlabelled"]]
        var world = FakeWorld()
        world.containers = [FakeWorld.container("h", privileged: true), FakeWorld.container("p", created: "2")]
        world.images = deep.images
        let deepEngine = try FakeEngine(handler: deep.handler)
        let middleEngine = try FakeEngine(nested: ["inner": deepEngine], handler: middle.handler)
        let engine = try FakeEngine(nested: ["h": middleEngine], handler: world.handler)
        let found = try await Observer().observe(try await engine.connect(), scope: .project("foo"))
        #expect(found.all.map(\.path.description) == [".", "service-h", "service-h/service-inner"])
        #expect(found.all.map(\.hostIDs) == [[], ["h"], ["h", "inner"]])
        #expect(found.all[1].record.volumes.map(\.name) == ["unlabelled"])
        #expect(found.leaves.map(\.id) == ["p"])
        #expect(found.all[1].leaves.isEmpty)
        #expect(found.wholeRecord.enginesWithPaths().map(\.engine.engineID) == ["outer", "middle", "deep"])
        #expect(found.engine(at: EnginePath(hosts: ["service-h", "service-inner"]))?.leaves.map(\.id) == ["leaf"])
    }

    @Test func `a container that goes away meanwhile is left out`() async throws {
        var world = FakeWorld()
        world.containers = [FakeWorld.container("a"), FakeWorld.container("gone")]
        world.images = [FakeWorld.image()]
        world.vanished = ["gone"]
        let engine = try FakeEngine(handler: world.handler)
        let found = try await Observer().observe(try await engine.connect(), scope: .everything)
        #expect(found.record.containers.map(\.id) == ["a"])
    }

    @Test func `an image that is gone is named with those who need it`() async throws {
        var world = FakeWorld()
        world.containers = [FakeWorld.container("a")]
        let engine = try FakeEngine(handler: world.handler)
        let error = await #expect(throws: LiveEnvironmentError.self) {
            try await Observer().observe(try await engine.connect(), scope: .everything)
        }
        #expect(error?.code == .imageVanished)
        #expect(error?.message.contains("name-a") == true)
    }

    /// An outer engine with hosts, whose engines answer with their handlers.
    private static func hosts(_ handlers: [String: FakeEngine.Handler]) throws -> FakeEngine {
        var world = FakeWorld()
        world.containers = handlers.keys.sorted().map { FakeWorld.container($0, created: $0, privileged: true) }
        world.images = [FakeWorld.image()]
        let nested = try handlers.mapValues { try FakeEngine(handler: $0) }
        return try FakeEngine(nested: nested, handler: world.handler)
    }

    @Test func `hosts are looked at side by side, and come in the order of their creation`() async throws {
        let waiting = Mutex(0)
        func handler(_ name: String) -> FakeEngine.Handler {
            let world = FakeWorld(info: ["ID": .string(name)])
            return { request in
                if request.path == "/containers/json" {
                    // An engine that waits for the other shows that both are asked at the same time.
                    waiting.withLock { $0 += 1 }
                    let end = ContinuousClock.now + .seconds(10)
                    while waiting.withLock({ $0 }) < 3, .now < end { usleep(1000) }
                    if .now >= end { return .failure(500, "the others are not asked") }
                }
                return world.handler(request)
            }
        }
        let engine = try Self.hosts(["a": handler("A"), "b": handler("B"), "c": handler("C")])
        let found = try await Observer().observe(try await engine.connect(), scope: .project("foo"))
        #expect(found.all.map(\.record.engineID) == ["outer", "A", "B", "C"])
    }

    @Test func `a host whose engine fails ends the look`() async throws {
        let good = FakeWorld(info: ["ID": "A"])
        let engine = try Self.hosts([
            "a": good.handler, "b": { $0.path == "/info" ? .json(["ID": "B"]) : .failure(500, "no more") },
        ])
        let error = await #expect(throws: EngineError.self) {
            try await Observer().observe(try await engine.connect(), scope: .project("foo"))
        }
        #expect(error?.message.contains("no more") == true)
    }

    @Test func `a later look uses the connections again, but for a host that was started again`() async throws {
        let started = Mutex("1")
        let inner = try FakeEngine(handler: FakeWorld(info: ["ID": "inner"]).handler)
        let engine = try FakeEngine(nested: ["h": inner]) { request in
            var world = FakeWorld()
            var host = FakeWorld.container("h", privileged: true).object ?? JSONObject()
            host["State"] = ["Status": "running", "StartedAt": .string(started.withLock { $0 })]
            world.containers = [.object(host)]
            world.images = [FakeWorld.image()]
            return world.handler(request)
        }
        let outer = try await engine.connect()
        let first = try await Observer().observe(outer, scope: .project("foo"))
        let second = try await Observer().observe(outer, scope: .project("foo"), after: first)
        #expect(second.nested["h"]?.engine === first.nested["h"]?.engine)
        #expect(second.nested["h"] != nil)
        started.withLock { $0 = "2" }
        let third = try await Observer().observe(outer, scope: .project("foo"), after: second)
        #expect(third.nested["h"] != nil)
        #expect(third.nested["h"]?.engine !== first.nested["h"]?.engine)
    }
}
