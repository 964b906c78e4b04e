// SPDX-License-Identifier: Apache-2.0

import Catalogue
import EnvironmentModel
import Foundation
import JSONTree
import LiveEnvironment
import Snapshots
import TestSupport
import Testing

@testable import Replay

@Suite(.timeLimit(.minutes(1))) struct TeardownTests {
    private let fixture: StoreFixture

    init() throws { fixture = try StoreFixture() }

    /// A replay in the catalogue.
    private func replay(_ mode: ReplayMode) throws -> ReplayRecord {
        let record = ReplayRecord(
            name: "again", snapshotID: try fixture.store([], as: []), createdAt: "2026-11-01T10:00:00Z", mode: mode,
            engineAddress: "unix:///x", state: "running")
        try fixture.library.catalogue.insert(record)
        return record
    }

    private func remove(_ replay: ReplayRecord, on engine: FakeEngine) async throws {
        try await Teardown(engine: try await engine.connect(), library: fixture.library, access: LocalDataAccess())
            .remove(replay)
    }

    /// An engine with a container, a network and a volume of a replay.
    private static func engine(
        nested: [String: FakeEngine] = [:], answering change: @escaping FakeEngine.Handler = { _ in .done }
    ) throws -> FakeEngine {
        try FakeEngine(nested: nested) { request in
            switch request.line {
            case "GET /containers/json": return .json([["Id": "cap", "Names": ["/envsnap-again"]]])
            case "GET /networks": return .json([["Id": "net", "Name": "n"]])
            case "GET /volumes": return .json(["Volumes": [["Name": "vol"]]])
            case "GET /containers/cap/json": return .json(["Id": "cap", "State": ["Running": true]])
            default:
                if request.method == "GET" { return nil }
                let answer = change(request)
                return answer?.status == 204 && request.path.hasPrefix("/images/") ? .json([]) : answer
            }
        }
    }

    private static let objects = ["DELETE /containers/cap", "DELETE /networks/net", "DELETE /volumes/vol"]

    @Test func `what bears the replay's label is removed, and then its record`() async throws {
        let engine = try Self.engine()
        try await remove(try replay(.capsule), on: engine)
        let deleted = engine.changes.filter { $0.method == "DELETE" }
        #expect(
            deleted.map(\.line) == Self.objects + ["DELETE /images/envsnap/capsule:again"])
        #expect(deleted.first?.query == ["force": ["1"], "v": ["1"]])
        for path in ["/containers/json", "/networks", "/volumes"] {
            let filters = engine.requests.first { $0.path == path }?.query["filters"]?.first ?? ""
            #expect(try JSONValue(parsing: filters) == ["label": ["io.envsnap.replay=again"]], "\(path)")
        }
        #expect(try fixture.library.catalogue.replay(named: "again") == nil)
    }

    @Test(arguments: [404, 409]) func `what is gone, and images that others use, are no failure`(_ status: Int)
        async throws
    {
        let engine = try Self.engine { request in
            status == 404 || request.path.hasPrefix("/images/") ? .failure(status, "no") : .done
        }
        try await remove(try replay(.capsule), on: engine)
        #expect(engine.changes.count { $0.method == "DELETE" } == 4)
        #expect(try fixture.library.catalogue.replay(named: "again") == nil)
    }

    @Test func `where something cannot be removed the record stays`() async throws {
        let engine = try Self.engine { $0.path == "/networks/net" ? .failure(403, "has endpoints") : .done }
        let replay = try replay(.capsule)
        await #expect(throws: (any Error).self) { try await remove(replay, on: engine) }
        #expect(try fixture.library.catalogue.replay(named: "again") == replay)
    }

    @Test func `what is paused in a capsule is set going before the capsule goes`() async throws {
        var world = FakeWorld(info: ["ID": "inner"])
        world.containers = [
            FakeWorld.container("frozen", status: "paused"), FakeWorld.container("running", created: "2"),
        ]
        world.images = [FakeWorld.image()]
        let answer = world.handler
        let inner = try FakeEngine { $0.method == "GET" ? answer($0) : .done }
        let thawed = Reports()
        let engine = try Self.engine(nested: ["cap": inner]) { request in
            if request.path == "/containers/cap" { inner.changes.forEach { thawed.add($0.line) } }
            return .done
        }
        try await remove(try replay(.capsule), on: engine)
        #expect(thawed.all == ["POST /containers/frozen/unpause"])
    }

    @Test func `the files of a replay without a capsule go, and those of others stay`() async throws {
        try fixture.folder.write("x", to: "store/replays/again/srv/foo/file")
        try fixture.folder.write("x", to: "store/replays/other/file")
        let engine = try Self.engine()
        try await remove(try replay(.direct), on: engine)
        #expect(engine.changes.filter { $0.method == "DELETE" }.map(\.line) == Self.objects)
        #expect(try fixture.shell("ls store/replays") == ["other"])
        #expect(try fixture.library.catalogue.replay(named: "again") == nil)
    }
}
