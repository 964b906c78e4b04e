// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import JSONTree
import LiveEnvironment
import Snapshots
import Steps
import TestSupport
import Testing

@testable import Capture

@Suite(.timeLimit(.minutes(1))) struct CapturerTests {
    private static func plan(hosts: Set<String>, on engine: FakeEngine) async throws -> CapturePlan {
        let fixture = try StoreFixture()
        let capturer = Capturer(
            engine: try await engine.connect(), library: fixture.library, access: LocalDataAccess(), toolVersion: "0",
            report: .silent, detail: { _ in })
        var request = CaptureRequest(project: Sample.project("/"))
        request.hosts = hosts
        return try await capturer.plan(request).plan
    }

    private static func engine() throws -> FakeEngine {
        var world = FakeWorld(info: ["ID": "outer", "Driver": "overlay2"])
        world.containers = [FakeWorld.container("a"), FakeWorld.container("b")]
        world.images = [FakeWorld.image()]
        return try FakeEngine(handler: world.handler)
    }

    @Test func `a host that is not there is an error that lists what is`() async throws {
        let engine = try Self.engine()
        let error = await #expect(throws: CaptureError.self) {
            try await Self.plan(hosts: ["servise-a"], on: engine)
        }
        #expect(error?.code == .noSuchHost)
        #expect(error?.message == #"no container "servise-a" in foo"#)
        #expect(error?.hint?.hasSuffix("one of: name-a, name-b, service-a, service-b") == true)
    }

    @Test func `looking changes nothing`() async throws {
        let engine = try Self.engine()
        let plan = try await Self.plan(hosts: [], on: engine)
        #expect(plan.remarks.map(\.object) == ["service-a", "service-b"])
        #expect(engine.changes.isEmpty)
    }
}
