// SPDX-License-Identifier: Apache-2.0

import JSONTree
import Testing

@testable import EnvironmentModel

@Suite struct EnvironmentChangeTests {
    private static func document(
        _ container: JSONValue = Sample.container(), _ change: (inout EnvironmentDocument) throws -> Void = { _ in }
    ) throws -> EnvironmentDocument {
        var document = EnvironmentDocument(
            project: ProjectRecord(name: "foo", workingDirectory: "/srv/foo", configFiles: [], composeVersion: nil),
            engine: try Sample.engine(container: container), capturedAt: "", toolVersion: "")
        document.trees = [TreeRecord(path: "/srv/foo", isFile: false, excluded: [], data: try Sample.archive("tree"))]
        try change(&document)
        return document
    }

    private static func titles(_ good: EnvironmentDocument, _ bad: EnvironmentDocument) -> [String] {
        EnvironmentChanges(from: good, to: bad).all.map { "\($0.kind.rawValue): \($0.title)" }
    }

    /// The changes from the sample to another one; all of them together leave nothing to change.
    private static func changes(
        _ container: JSONValue = Sample.container(), _ change: (inout EnvironmentDocument) throws -> Void = { _ in }
    ) throws -> [String] {
        let (good, bad) = (try document(), try document(container, change))
        let all = EnvironmentChanges(from: good, to: bad).all
        #expect(titles(EnvironmentChange.applying(all, to: good), bad).isEmpty)
        // Each is undone by its own way back.
        let back = EnvironmentChanges(from: bad, to: good).all
        #expect(back.count == all.count)
        return titles(good, bad)
    }

    @Test func `what every engine makes anew is no change`() throws {
        let id = String(repeating: "ab", count: 32)
        let other = Sample.container(id: id).setting("State.Pid", to: 99).setting("State.StartedAt", to: "later")
            .setting("NetworkSettings.SandboxID", to: "s2").setting("GraphDriver.Data.UpperDir", to: "/elsewhere")
        #expect(try Self.changes(other).isEmpty)
    }

    @Test(
        arguments: [
            ("Config.Env", ["A=1", "B=3"], "environment: container app: B"),
            ("Config.Env", ["A=1"], "environment: container app: B"),
            ("Config.Cmd", ["sleep", "61"], "setting: container app: Cmd"),
            ("Config.Hostname", "other", "setting: container app: Hostname"),
            ("HostConfig.Memory", 1000, "setting: container app: Memory"),
            ("HostConfig.NetworkMode", "none", "network: container app: NetworkMode"),
            ("NetworkSettings.Networks.foo_net.IPAddress", "10.81.82.7", "network: container app: on network foo_net"),
            ("NetworkSettings.Networks.foo_net.Aliases", ["x"], "network: container app: on network foo_net"),
            ("Mounts", [], "volume: container app: mounts"),
            ("State.Status", "exited", "state: container app: state: running, healthy → exited(0)"),
        ] as [(String, JSONValue, String)])
    func `each setting is a change of its own`(_ field: String, _ value: JSONValue, _ title: String) throws {
        #expect(try Self.changes(Sample.container().setting(field, to: value)) == [title])
    }

    @Test func `files, images, networks and volumes`() throws {
        let titles = try Self.changes(Sample.container().setting("Image", to: "sha256:2")) { document in
            document.trees[0].data = try Sample.archive("other tree")
            document.engine.volumes[0].data = try Sample.archive("volume")
            document.engine.containers[0].layer = try Sample.archive("layer")
            document.engine.images[0] = ImageRecord(
                id: "sha256:2", config: try Sample.digest("other"), layers: [], tags: ["foo:dev"], inspect: [:])
            document.engine.networks[0].inspect = Sample.network()
                .setting("IPAM.Config", to: [["Subnet": "10.99.0.0/24"]])
        }
        #expect(
            titles == [
                "files: /srv/foo", "files: container app: writable layer", "files: volume data",
                "image: container app: image: foo:dev", "network: network foo_net: IPAM",
            ])
    }

    @Test func `a container that only one side has comes with what it needs, or goes`() throws {
        let bad = try Self.document { document in
            var other = ContainerRecord(
                inspect: Sample.container(id: String(repeating: "12", count: 32), name: "foo_db_1")
                    .setting("Image", to: "sha256:9")
                    .setting("Config.Labels", to: [:]))
            other.layer = try Sample.archive("db")
            document.engine.containers.append(other)
            document.engine.images.append(
                ImageRecord(
                    id: "sha256:9", config: try Sample.digest("nine"), layers: [], tags: ["db:1"], inspect: [:]))
        }
        let good = try Self.document()
        let added = EnvironmentChanges(from: good, to: bad).all
        #expect(added.map(\.title) == ["container foo_db_1: added"])
        #expect(EnvironmentChange.applying(added, to: good).engine.image("sha256:9") != nil)
        #expect(Self.titles(bad, good) == ["container: container foo_db_1: removed"])
    }

    @Test func `changes inside hosts are made there`() throws {
        func nested(_ value: String) throws -> EnvironmentDocument {
            try Self.document { document in
                document.engine.containers[0].engine = try Sample.engine(
                    container: Sample.container(name: "inner").setting("Config.Env", to: [.string("A=\(value)")])
                        .setting("Config.Labels", to: [:]))
            }
        }
        let (good, bad) = (try nested("1"), try nested("2"))
        let all = EnvironmentChanges(from: good, to: bad).all
        #expect(all.map(\.title) == ["container app/inner: A"])
        #expect(EnvironmentChange.applying(all, to: good).engine == bad.engine)
    }
}
