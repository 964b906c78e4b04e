// SPDX-License-Identifier: Apache-2.0

import DockerEngine
import EnvironmentModel
import JSONTree
import LiveEnvironment
import TestSupport
import Testing

@testable import Replay

@Suite(.timeLimit(.minutes(1))) struct StartOrderTests {
    private static func order(_ containers: [JSONValue]) async throws -> [String] {
        let engine = try FakeEngine { _ in nil }
        let site = Site(engine: try await engine.connect(), path: .outermost, paths: .outermost)
        let restored = containers.map { inspect in
            RestoredContainer(
                captured: ContainerRecord(inspect: inspect), id: inspect["Id"].string ?? "", site: site, imageID: "",
                lateConnections: [], warnings: [])
        }
        return StartOrder.order(restored).map(\.id)
    }

    private static func container(
        _ id: String, started: String, mode: String = "default", address: String? = nil
    ) -> JSONValue {
        let networks: JSONValue = address.map { ["bridge": ["IPAddress": .string($0)]] } ?? [:]
        return [
            "Id": .string(id), "Name": .string("/" + id), "State": ["StartedAt": .string(started)],
            "HostConfig": ["NetworkMode": .string(mode)], "NetworkSettings": ["Networks": networks],
        ]
    }

    @Test func `containers start as they were seen to`() async throws {
        let order = try await Self.order([
            Self.container("a", started: "3"), Self.container("b", started: "1"), Self.container("c", started: "2"),
        ])
        #expect(order == ["b", "c", "a"])
    }

    /// Trap C-08: a container cannot join the namespace of one that does not run.
    @Test func `one that lends its network runs before those that join it`() async throws {
        let order = try await Self.order([
            Self.container("user", started: "1", mode: "container:middle"),
            Self.container("middle", started: "2", mode: "container:donor"),
            Self.container("donor", started: "4"), Self.container("other", started: "3"),
        ])
        #expect(order == ["donor", "middle", "user", "other"])
    }

    /// Trap N-02: the default bridge gives out the lowest free address.
    @Test func `on the default bridge the address decides, as a number`() async throws {
        let order = try await Self.order([
            Self.container("high", started: "1", address: "172.17.0.10"), Self.container("none", started: "2"),
            Self.container("low", started: "3", address: "172.17.0.9"),
        ])
        #expect(order == ["low", "none", "high"])
    }
}
