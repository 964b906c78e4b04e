// SPDX-License-Identifier: Apache-2.0

import DockerEngine
import EnvironmentModel
import JSONTree
import Steps
import TestSupport
import Testing

@testable import Replay

@Suite(.timeLimit(.minutes(1))) struct ContainerMakerTests {
    /// An engine that makes `new-NAME`; names of images stand for the given ids.
    private static func engine(
        newest: String = "1.51", oldest: String = "1.24", images: [String: String] = ["foo:dev": "sha256:without"],
        refusing name: String = ""
    ) throws -> FakeEngine {
        try FakeEngine(newest: newest, oldest: oldest) { request in
            let made = request.query["name"]?.first ?? ""
            switch request.line {
            case "GET /info": return .json(["DefaultRuntime": "runc"])
            case "POST /images/create": return FakeAnswer(text: #"{"status":"sha256:empty"}"#)
            case "POST /containers/create":
                return made == name ? .failure(400, "no") : .json(["Id": .string("new-" + made)], status: 201)
            default:
                if request.method == "DELETE" { return .json([]) }
                guard request.method == "GET" else { return .done }
                let image = images[String(request.path.dropFirst("/images/".count).dropLast("/json".count))]
                return image.map { .json(["Id": .string($0)]) }
            }
        }
    }

    private static func container(
        _ name: String, host: JSONValue = [:], interfaces: Int = 1, image: String = "foo:dev"
    ) -> ContainerRecord {
        var container = ContainerRecord(inspect: [
            "Id": .string("id-" + name), "Name": .string("/" + name), "Image": "sha256:without",
            "State": ["Status": "running"], "Config": ["Image": .string(image)], "HostConfig": host,
        ])
        container.interfaces = (0..<interfaces).map {
            InterfaceRecord(name: "eth\($0)", macAddress: "02:00:00:00:00:0\($0)", hasDefaultRoute: $0 == 0)
        }
        return container
    }

    @discardableResult
    private static func make(_ containers: [ContainerRecord], on engine: FakeEngine, captured api: String = "1.41")
        async throws -> [RestoredContainer]
    {
        var captured = try Sample.engine()
        captured.apiVersion = api
        captured.containers = containers
        return try await ContainerMaker(captured: captured, site: try await Sample.site(engine), imageIDs: [:])
            .makeAll(report: .silent)
    }

    private static func created(_ engine: FakeEngine) -> [FakeRequest] {
        engine.changes.filter { $0.path == "/containers/create" }
    }

    @Test func `containers are made in their order, but after those that they join`() async throws {
        let engine = try Self.engine()
        let made = try await Self.make(
            [
                Self.container("a", host: ["NetworkMode": "container:id-c"]), Self.container("b"),
                Self.container("c", host: ["VolumesFrom": ["d:ro"]]), Self.container("d"),
                Self.container("e", host: ["Links": ["/f:/e/alias"]]),
                Self.container("f", host: ["PidMode": "container:id-a"]),
            ], on: engine)
        #expect(made.map(\.captured.name) == ["d", "c", "a", "b", "f", "e"])
        #expect(made.map(\.id) == ["new-d", "new-c", "new-a", "new-b", "new-f", "new-e"])
        let requests = Self.created(engine)
        #expect(requests.map { $0.query["name"] } == made.map { [$0.captured.name] })
        #expect(requests[2].json["HostConfig"]["NetworkMode"] == "container:new-c")
        #expect(requests[4].json["HostConfig"]["PidMode"] == "container:new-a")
    }

    @Test func `containers that need each other in a circle are refused before any is made`() async throws {
        let engine = try Self.engine()
        let circle = [
            Self.container("a", host: ["IpcMode": "container:id-b"]), Self.container("b", host: ["VolumesFrom": ["a"]]),
        ]
        let error = await #expect(throws: ReplayError.self) { try await Self.make(circle, on: engine) }
        #expect(error?.code == .failed)
        #expect(engine.changes.isEmpty)
    }

    @Test(arguments: [
        ("1.41", 0, 1, "1.51", "1.24", "1.41"), ("1.41", 24, 1, "1.51", "1.24", "1.42"),
        ("1.43", 24, 1, "1.51", "1.24", "1.43"), ("1.43", 0, 2, "1.51", "1.24", "1.48"),
        ("1.44", 0, 2, "1.51", "1.24", "1.48"), ("1.45", 0, 2, "1.47", "1.24", "1.45"),
        ("1.51", 0, 1, "1.45", "1.24", "1.45"), ("1.41", 0, 1, "1.51", "1.44", "1.44"),
        ("unknown", 0, 1, "1.45", "1.24", "1.45"),
    ])
    func `a container is made in the captured version, or the first that takes all of it`(
        _ captured: String, _ rows: Int, _ interfaces: Int, _ newest: String, _ oldest: String, _ expected: String
    ) async throws {
        let engine = try Self.engine(newest: newest, oldest: oldest)
        let container = Self.container("a", host: ["ConsoleSize": [.int(rows), 0]], interfaces: interfaces)
        try await Self.make([container], on: engine, captured: captured)
        #expect(Self.created(engine).map(\.version) == [expected])
    }

    @Test func `a name that is another image's by now means the captured one for the moment`() async throws {
        let engine = try Self.engine(images: ["foo:dev": "sha256:newer"])
        try await Self.make([Self.container("a")], on: engine)
        #expect(
            engine.changes.map(\.line) == [
                "POST /images/sha256:without/tag", "POST /containers/create", "POST /images/sha256:newer/tag",
            ])
        #expect([0, 2].allSatisfy { engine.changes[$0].query == ["repo": ["foo"], "tag": ["dev"]] })
        #expect(Self.created(engine).first?.json["Image"] == "foo:dev")
    }

    @Test func `a name that is nobody's is nobody's afterwards`() async throws {
        let engine = try Self.engine(images: [:])
        try await Self.make([Self.container("a")], on: engine)
        #expect(
            engine.changes.map(\.line) == [
                "POST /images/sha256:without/tag", "POST /containers/create", "POST /images/create",
                "POST /images/sha256:empty/tag", "DELETE /images/foo:dev",
            ])
        #expect(engine.changes[2].query["repo"] == nil, "an import over the name loses the image in containerd's store")
        #expect(engine.changes[3].query == ["repo": ["foo"], "tag": ["dev"]])
    }

    @Test func `a container that is refused is named, and the image's name is put back`() async throws {
        let engine = try Self.engine(images: ["foo:dev": "sha256:newer"], refusing: "b")
        let error = await #expect(throws: ReplayError.self) {
            try await Self.make([Self.container("a"), Self.container("b")], on: engine)
        }
        #expect(error?.message == "the container b could not be made")
        #expect(engine.changes.last?.line == "POST /images/sha256:newer/tag")
    }

    @Test func `what is there is not made again, and what joins it joins it by its id`() async throws {
        let engine = try Self.engine()
        var captured = try Sample.engine()
        captured.containers = [Self.container("a"), Self.container("b", host: ["NetworkMode": "container:id-a"])]
        let there = ContainerRecord(inspect: ["Id": "there", "Name": "/a", "Image": "sha256:without"])
        let made = try await ContainerMaker(
            captured: captured, site: try await Sample.site(engine), imageIDs: [:], standing: ["id-a": there]
        ).makeAll(report: .silent)
        #expect(made.map(\.id) == ["there", "new-b"])
        #expect(made.map(\.standing?.id) == ["there", nil])
        let bodies = Self.created(engine).map(\.json)
        #expect(bodies.map { $0["HostConfig"]["NetworkMode"] } == ["container:there"])
    }
}
