// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import Hashing
import JSONTree
import LiveEnvironment
import Steps
import TestSupport
import Testing

@testable import Replay

@Suite(.timeLimit(.minutes(1))) struct StandingFinderTests {
    private let fixture: StoreFixture
    private let layer: String
    private let archive: DataArchive

    init() throws {
        fixture = try StoreFixture()
        layer = try fixture.folder.makeFolder("layer")
        archive = DataArchive(digest: try Sample.digest("x"), size: 0, entries: 0, contentBytes: 0)
    }

    private func captured(
        _ name: String, state: JSONValue = ["Status": "running"], host: JSONValue = [:], mounts: JSONValue = [],
        network: String = "net", inner: EngineRecord? = nil
    ) -> ContainerRecord {
        var container = Sample.container(
            name, id: "old-" + name, state: state, network: network, host: host, mounts: mounts, inner: inner)
        container.layer = archive
        return container
    }

    private func found(
        _ name: String, state: JSONValue = ["Status": "running"], host: JSONValue = [:], mounts: JSONValue = [],
        network: String = "net"
    ) -> ContainerRecord {
        Sample.container(name, state: state, layer: layer, network: network, host: host, mounts: mounts)
    }

    private func find(
        _ captured: EngineRecord, in found: EngineRecord, nested: [String: EngineRecord] = [:],
        made: Set<String>? = nil, madeFrom before: EngineRecord? = nil
    ) async throws -> Standing {
        var inner: [String: ObservedEngine] = [:]
        for (id, record) in nested {
            inner[id] = try await Sample.found(record, path: EnginePath(hosts: [String(id.dropFirst(3))]))
        }
        let all = found.containers + nested.values.flatMap(\.containers)
        let finder = StandingFinder(
            made: made ?? Set(all.map(\.id)), trees: fixture.trees, access: LocalDataAccess(), report: .silent)
        return try await finder.find(
            in: try await Sample.found(found, nested: inner), of: captured, madeFrom: before)
    }

    @Test func `what differs in nothing but its state stays`() async throws {
        let standing = try await find(
            Sample.record([captured("a"), captured("b", state: ["Status": "paused"])], volumes: [Sample.volume("v")]),
            in: Sample.record([found("a", state: ["Status": "paused"]), found("b")], volumes: [Sample.volume("v")]))
        #expect(standing.containers.mapValues(\.id) == ["old-a": "id-a", "old-b": "id-b"])
        #expect(standing.networks == ["net": "id-net"])
        #expect(standing.volumes == ["v"])
    }

    @Test func `a container that the replay did not make does not stay, nor one with other settings`() async throws {
        let record = Sample.record([captured("a"), captured("b"), captured("c")])
        let other = Sample.record([found("a"), found("b", host: ["Memory": 5]), found("c")])
        let standing = try await find(record, in: other, made: ["id-b", "id-c"])
        #expect(Set(standing.containers.keys) == ["old-c"])
    }

    @Test func `what stands on a changed network or volume does not stay, nor what joins it`() async throws {
        let mounts: JSONValue = [["Type": "volume", "Name": "v", "Destination": "/v"]]
        let join: JSONValue = ["NetworkMode": "container:old-a"]
        let now: JSONValue = ["NetworkMode": "container:id-a"]
        var (one, two) = (captured("d", host: join), found("d", host: now))
        (one.inspect, two.inspect) = (without(one), without(two))
        let standing = try await find(
            Sample.record(
                [captured("a"), captured("b", mounts: mounts), captured("c", network: "bridge"), one],
                networks: [Sample.network("net"), Sample.network("bridge")], volumes: [Sample.volume("v")]),
            in: Sample.record(
                [found("a"), found("b", mounts: mounts), found("c", network: "bridge"), two],
                networks: [Sample.network("net", labels: ["user": "yes"]), Sample.network("bridge")],
                volumes: [Sample.volume("v", driver: "other")]))
        #expect(Set(standing.containers.keys) == ["old-c"])
        #expect(standing.networks == ["bridge": "id-bridge"])
        #expect(standing.volumes.isEmpty)
    }

    private func without(_ container: ContainerRecord) -> JSONValue {
        guard case .object(var inspect) = container.inspect else { return .null }
        inspect["NetworkSettings"] = ["Networks": [:]]
        return .object(inspect)
    }

    @Test(
        arguments: [
            ("exited", "exited", true), ("exited", "running", false), ("created", "created", true),
            ("created", "exited", false), ("running", "exited", false), ("running", "running", true),
        ])
    func `no container is kept that cannot come to its state`(_ wanted: String, _ now: String, _ stays: Bool)
        async throws
    {
        let standing = try await find(
            Sample.record([captured("a", state: ["Status": .string(wanted)])]),
            in: Sample.record([found("a", state: ["Status": .string(now)])]))
        #expect(standing.containers.isEmpty != stays)
    }

    @Test func `a container with a restart policy is not started to end with a status`() async throws {
        let policy: JSONValue = ["RestartPolicy": ["Name": "always"]]
        func ended(_ code: Int) -> JSONValue { ["Status": "exited", "ExitCode": .int(code)] }
        for (code, stays) in [(3, true), (137, false)] {
            let standing = try await find(
                Sample.record([captured("a", state: ended(3), host: policy)]),
                in: Sample.record([found("a", state: ended(code), host: policy)]))
            #expect(standing.containers.isEmpty != stays)
        }
    }

    @Test func `a host stays with its engine while its own files are untouched`() async throws {
        let inner = Sample.record([captured("leaf")], networks: [Sample.network("net")])
        var host = captured("host", inner: inner)
        host.layer = archive
        let record = Sample.record([host])
        let now = Sample.record([found("host")])
        let inside = ["id-host": Sample.record([found("leaf")])]
        try await fixture.trees.stamp(layer, excluding: HostLayer.exclusions(of: host))

        let standing = try await find(record, in: now, nested: inside)
        #expect(standing.hosts["old-host"]?.inside.containers.keys.sorted() == ["old-leaf"])
        #expect(try await find(record, in: now).containers.isEmpty, "an engine that does not answer")
        try fixture.folder.write("x", to: "layer/run/docker.pid")
        try fixture.folder.write("x", to: "layer/etc/passwd")
        #expect(try await find(record, in: now, nested: inside).containers.isEmpty)
    }

    @Test func `of a container of which nothing was captured the layer has to be untouched`() async throws {
        var container = captured("a")
        container.layer = nil
        let (record, now) = (Sample.record([container]), Sample.record([found("a")]))
        #expect(try await find(record, in: now).containers.isEmpty)
        try await fixture.trees.stamp(layer)
        #expect(try await find(record, in: now).containers.count == 1)
        try fixture.folder.write("x", to: "layer/new")
        #expect(try await find(record, in: now).containers.isEmpty)
    }

    @Test func `brought to another snapshot, what that asks for in other words does not stay`() async throws {
        // The verdict lets an empty policy be "no"; a container that is made anew might be something else.
        let empty: JSONValue = ["RestartPolicy": ["Name": ""]]
        let no: JSONValue = ["RestartPolicy": ["Name": "no"]]
        let before = Sample.record([captured("a", host: empty), captured("b"), captured("c")])
        var after = Sample.record([captured("a", host: no), captured("b", state: ["Status": "paused"]), captured("c")])
        after.containers[2].layer = nil
        let now = Sample.record([found("a", host: no), found("b"), found("c")])
        try await fixture.trees.stamp(layer)
        #expect(try await find(after, in: now).containers.count == 3)
        #expect(try await find(after, in: now, madeFrom: before).containers.keys.sorted() == ["old-b"])
    }

    @Test func `for another snapshot a volume stays where that fills it too, a network where it is the same`()
        async throws
    {
        func record(_ data: [DataArchive?], _ labels: JSONValue) -> EngineRecord {
            var volumes = [Sample.volume("v"), Sample.volume("w")]
            for (index, archive) in data.enumerated() { volumes[index].data = archive }
            return Sample.record([], networks: [Sample.network("net", labels: labels)], volumes: volumes)
        }
        let other = DataArchive(digest: try Sample.digest("y"), size: 0, entries: 0, contentBytes: 0)
        let standing = try await find(
            record([other, nil], [:]), in: record([nil, nil], [:]), madeFrom: record([archive, archive], [:]))
        #expect(standing.volumes == ["v"] && standing.networks == ["net": "id-net"])
        let note: JSONValue = ["com.docker.compose.version": "2"]
        let noted = try await find(record([], note), in: record([], note), madeFrom: record([], [:]))
        #expect(noted.networks.isEmpty)
    }

    @Test func `a host stays for another snapshot only with the files of its own that it has`() async throws {
        let inner = Sample.record([captured("leaf"), captured("other")], networks: [Sample.network("net")])
        var changed = inner
        changed.containers[1].inspect = captured("other", host: ["Memory": 5]).inspect
        let before = Sample.record([captured("host", inner: inner)])
        var after = Sample.record([captured("host", inner: changed)])
        let now = Sample.record([found("host")])
        let inside = ["id-host": Sample.record([found("leaf"), found("other", host: ["Memory": 5])])]
        try await fixture.trees.stamp(layer, excluding: HostLayer.exclusions(of: before.containers[0]))
        let standing = try await find(after, in: now, nested: inside, madeFrom: before)
        #expect(standing.hosts["old-host"]?.inside.containers.keys.sorted() == ["old-leaf"])
        after.containers[0].layer = DataArchive(
            digest: try Sample.digest("y"), size: 0, entries: 0, contentBytes: 0)
        #expect(try await find(after, in: now, nested: inside, madeFrom: before).containers.isEmpty)
    }
}
