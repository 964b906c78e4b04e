// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import JSONTree
import LiveEnvironment
import TestSupport
import Testing

@testable import Capture

@Suite struct CapturePlannerTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.makeFolder("v/_data")
    }

    private func plan(_ record: EngineRecord, excluding exclusions: [String] = []) async throws -> CapturePlan {
        try await Sample.plan(try await Sample.observed(record), project: "/", excluding: exclusions)
    }

    @Test func `volumes with a folder of their own are read`() async throws {
        let plan = try await plan(Sample.record(volumes: [Sample.volume("v", at: folder.path("v/_data"))]))
        #expect(plan.items.map(\.role) == [.volume(engine: .outermost, name: "v")])
        #expect(plan.items.map(\.path) == [folder.path("v/_data")])
        #expect(plan.remarks.isEmpty)
    }

    @Test func `a volume left out is a loss`() async throws {
        let volumes = [Sample.volume("v", at: folder.path("gone")), Sample.volume("w", at: folder.path("v/_data"))]
        let plan = try await plan(Sample.record(volumes: volumes), excluding: ["v"])
        #expect(plan.items.map(\.role) == [.volume(engine: .outermost, name: "w")])
        #expect(plan.remark("v")?.weight == .loss)
    }

    @Test func `a volume that is bound to a folder is read there, one in memory from its containers`() async throws {
        let data = try folder.makeFolder("bound")
        let bound = Sample.volume("b", at: "/gone", options: ["type": "none", "o": "bind", "device": .string(data)])
        let memory = Sample.volume("m", at: "/gone", options: ["type": "tmpfs", "device": "tmpfs"])
        let plan = try await plan(Sample.record(volumes: [bound, memory]))
        #expect(plan.items.map(\.role) == [.tree(path: data)])
        #expect(plan.remarks.isEmpty)
    }

    @Test func `a volume whose content is elsewhere is a loss`() async throws {
        let share = Sample.volume("n", at: "/gone", options: ["type": "nfs", "o": "addr=a", "device": ":/x"])
        let plugin = Sample.volume("p", at: "/gone", driver: "rclone")
        let plan = try await plan(Sample.record(volumes: [share, plugin]))
        #expect(plan.items.isEmpty)
        #expect(plan.remarks.map(\.object) == ["n", "p"])
        #expect(plan.remarks.allSatisfy { $0.weight == .loss })
        #expect(plan.remark("p")?.text.contains("rclone") == true)
    }

    @Test func `a volume without its folder is an error that says how to leave it out`() async throws {
        let error = await #expect(throws: CaptureError.self) {
            try await plan(Sample.record(volumes: [Sample.volume("v", at: folder.path("gone"))]))
        }
        #expect(error?.code == .unreadable)
        #expect(error?.hint?.contains("--exclude v") == true)
    }

    @Test func `volumes and layers of a nested engine are read on the outermost machine`() async throws {
        let root = try folder.makeFolder("root")
        try folder.makeFolder("root/volumes/v/_data")
        let host = Sample.container(
            "h", mounts: [Sample.bind(root, "/var/lib/docker")], layer: folder.path("h"))
        let inner = Sample.record(
            [Sample.container("c", layer: "/var/lib/docker/overlay2/c")],
            volumes: [Sample.volume("v", at: "/var/lib/docker/volumes/v/_data")])
        let plan = try await Sample.plan(
            try await Sample.observed(Sample.record([host]), inside: inner), project: "/")
        let engine = EnginePath(hosts: ["name-h"])
        #expect(
            plan.items.map(\.role) == [
                .layer(engine: .outermost, container: "h"), .volume(engine: engine, name: "v"),
                .layer(engine: engine, container: "c"),
            ])
        #expect(
            plan.items.map(\.path) == [
                folder.path("h/diff"), root + "/volumes/v/_data", root + "/overlay2/c/diff",
            ])
        #expect(plan.items.map(\.title).last == "writable layer of name-h/name-c")
    }

    @Test func `the volume that is a data-root is not read`() async throws {
        let host = Sample.container(
            "h", mounts: [("volume", folder.path("v/_data"), "/var/lib/docker", "v")], layer: folder.path("h"))
        let outer = Sample.record([host], volumes: [Sample.volume("v", at: folder.path("v/_data"))])
        let plan = try await Sample.plan(try await Sample.observed(outer, inside: Sample.record()), project: "/")
        #expect(plan.items.map(\.role) == [.layer(engine: .outermost, container: "h")])
    }

    @Test func `of a host's own layer the engine's data and what was in run stay out`() async throws {
        let outer = Sample.record([Sample.container("h", layer: folder.path("h"))])
        let inner = Sample.record(info: ["Driver": "overlay2", "DockerRootDir": "/data/docker"])
        let plan = try await Sample.plan(try await Sample.observed(outer, inside: inner), project: "/")
        let kept = plan.item(folder.path("h/diff"))?.exclusions.filter(\.keepsFolder).map(\.path) ?? []
        #expect(Set(kept).isSuperset(of: ["run", "var/run", "data/docker", "var/lib/containerd"]))
        let leaf = try await self.plan(outer)
        #expect(leaf.item(folder.path("h/diff"))?.exclusions == [])
    }

    @Test func `a layer of another storage driver is a loss`() async throws {
        let plan = try await plan(Sample.record([Sample.container("c", layer: folder.path("c"), driver: "btrfs")]))
        #expect(plan.items.isEmpty)
        #expect(plan.remark("name-c")?.weight == .loss)
        #expect(plan.remark("name-c")?.text.contains("btrfs") == true)
    }

    @Test func `a tmpfs that is out of reach is noted, one of a container that is not up is not there`() async throws {
        let host: JSONValue = ["Tmpfs": ["/scratch": ""], "Mounts": [["Type": "tmpfs", "Target": "/cache"]]]
        let up = Sample.container("c", layer: folder.path("c"), host: host)
        let down = Sample.container("d", layer: folder.path("d"), state: ["Status": "exited"], host: host)
        let plan = try await plan(Sample.record([up, down]))
        #expect(plan.items.map(\.path) == [folder.path("c/diff"), folder.path("d/diff")])
        #expect(plan.remarks.map(\.object) == ["name-c: /cache", "name-c: /scratch"])
        #expect(plan.remarks.allSatisfy { $0.weight == .note })
    }
}
