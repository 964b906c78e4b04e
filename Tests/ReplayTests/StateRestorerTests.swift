// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import JSONTree
import LiveEnvironment
import Steps
import TestSupport
import Testing

@testable import Replay

@Suite(.timeLimit(.minutes(1))) struct StateRestorerTests {
    private static func restore(
        on engine: FakeEngine, _ containers: (Site) throws -> [RestoredContainer]
    ) async throws {
        let fixture = try StoreFixture()
        let starter = ContainerStarter(library: fixture.library, access: LocalDataAccess())
        try await StateRestorer(starter: starter, report: .silent)
            .restore(try containers(try await Sample.site(engine)))
    }

    /// An engine that does what it is told, and shows a container's state as one after the other of these.
    private static func engine(_ states: [JSONValue] = []) throws -> FakeEngine {
        let asked = Reports()
        return try FakeEngine { request in
            if request.path.hasSuffix("/update") { return .json([:]) }
            guard request.method == "GET" else { return .done }
            let count = asked.add(request.path)
            return .json(["Id": "x", "State": states[min(count, states.count) - 1]])
        }
    }

    private static func health(_ status: String, paused: Bool = false) -> JSONValue {
        ["Status": paused ? "paused" : "running", "Health": ["Status": .string(status), "FailingStreak": 1]]
    }

    @Test func `what ran is started in the order that was observed; hosts and what had ended is not`() async throws {
        let engine = try Self.engine()
        let inner = try Sample.engine()
        try await Self.restore(on: engine) { site in
            func state(_ status: String, _ time: String) -> JSONValue {
                ["Status": .string(status), "StartedAt": .string(time)]
            }
            return [
                Sample.restored("late", at: site, state: state("running", "2026-01-01T00:00:09Z")),
                Sample.restored("ended", at: site, state: state("exited", "2026-01-01T00:00:01Z")),
                Sample.restored("never", at: site, state: state("created", "0001-01-01T00:00:00Z")),
                Sample.restored("host", at: site, state: state("running", "2026-01-01T00:00:02Z"), inner: inner),
                Sample.restored("early", at: site, state: state("paused", "2026-01-01T00:00:03Z")),
            ]
        }
        #expect(
            engine.changes.map(\.line) == [
                "POST /containers/new-early/start", "POST /containers/new-late/start",
                "POST /containers/new-early/pause",
            ])
    }

    @Test func `a container is paused only once it is healthy again`() async throws {
        let engine = try Self.engine([Self.health("starting"), Self.health("starting"), Self.health("healthy")])
        try await Self.restore(on: engine) { site in
            [Sample.restored("c", at: site, state: Self.health("healthy", paused: true))]
        }
        let inspect = "GET /containers/new-c/json"
        #expect(
            engine.requests.map(\.line) == [
                "POST /containers/new-c/start", inspect, inspect, inspect, "POST /containers/new-c/pause",
            ])
    }

    @Test func `a container that was unhealthy is waited for until it is again`() async throws {
        let engine = try Self.engine([Self.health("starting"), Self.health("unhealthy")])
        try await Self.restore(on: engine) { site in
            [Sample.restored("c", at: site, state: Self.health("unhealthy"))]
        }
        #expect(engine.requests.count == 3)
    }

    @Test(arguments: [["Status": "running"], health("starting"), health("unhealthy", paused: true)] as [JSONValue])
    func `nothing is waited for that was neither healthy nor known to be unhealthy`(_ state: JSONValue) async throws {
        let engine = try Self.engine()
        try await Self.restore(on: engine) { [Sample.restored("c", at: $0, state: state)] }
        #expect(engine.requests.allSatisfy { $0.method == "POST" })
    }

    @Test func `a container that ends meanwhile is not waited for`() async throws {
        let engine = try Self.engine([Self.health("starting"), ["Status": "exited"]])
        try await Self.restore(on: engine) { [Sample.restored("c", at: $0, state: Self.health("healthy"))] }
        #expect(engine.requests.count == 3)
    }

    @Test func `restart policies come last, and not to what removes itself`() async throws {
        let engine = try Self.engine()
        let policy: JSONValue = ["Name": "on-failure", "MaximumRetryCount": 3]
        try await Self.restore(on: engine) { site in
            [
                Sample.restored("a", at: site, state: ["Status": "exited"], host: ["RestartPolicy": policy]),
                Sample.restored("b", at: site, host: ["RestartPolicy": ["Name": "no"]]),
                Sample.restored("c", at: site, host: ["RestartPolicy": policy, "AutoRemove": true]),
                Sample.restored("d", at: site, host: ["RestartPolicy": ["Name": ""]]),
                Sample.restored("e", at: site, host: ["RestartPolicy": policy]),
            ]
        }
        let updates = engine.changes.suffix(2)
        #expect(updates.map(\.line) == ["POST /containers/new-a/update", "POST /containers/new-e/update"])
        #expect(updates.allSatisfy { $0.json == ["RestartPolicy": policy] })
        #expect(engine.changes.count == 6)
    }

    @Test func `of what is there processes start anew; a host and what had ended so are left alone`() async throws {
        let engine = try Self.engine()
        let policy: JSONValue = ["RestartPolicy": ["Name": "always"]]
        let inner = try Sample.engine()
        func ended(_ code: Int) -> JSONValue { ["Status": "exited", "ExitCode": .int(code)] }
        try await Self.restore(on: engine) { site in
            var containers = [
                Sample.restored("host", at: site, host: policy, inner: inner),
                Sample.restored("ended", at: site, state: ended(3), host: policy),
                Sample.restored("other", at: site, state: ended(3), host: policy),
                Sample.restored("leaf", at: site, host: policy),
            ]
            for index in containers.indices { containers[index].standing = containers[index].captured }
            containers[2].standing = ContainerRecord(inspect: ["State": ended(137)])
            return containers
        }
        #expect(
            engine.changes.map(\.line) == [
                "POST /containers/new-leaf/start", "POST /containers/new-other/update",
                "POST /containers/new-leaf/update",
            ])
    }

    @Test func `what cannot be started is named, and no placeholder stays`() async throws {
        let engine = try FakeEngine { request in
            switch request.line {
            case "GET /networks/bridge": return .json(["IPAM": ["Config": [["Subnet": "172.17.0.0/16"]]]])
            case "GET /info": return .json(["Architecture": "aarch64"])
            case "POST /images/create": return FakeAnswer(text: #"{"status":"sha256:1"}"#)
            case "POST /containers/create": return .json(["Id": "p"], status: 201)
            case "POST /containers/new-c/start": return .failure(500, "no such program")
            default: return request.path.hasPrefix("/images/") ? .json([]) : .done
            }
        }
        let error = await #expect(throws: ReplayError.self) {
            try await Self.restore(on: engine) { [Sample.restored("c", at: $0, bridge: "172.17.0.3")] }
        }
        #expect(error?.code == .failed)
        #expect(error?.message == "name-c could not be started")
        #expect(error?.description.contains("no such program") == true)
        #expect(
            engine.changes.suffix(2).map(\.line)
                == ["DELETE /containers/p", "DELETE /images/envsnap/placeholder:1"])
    }
}
