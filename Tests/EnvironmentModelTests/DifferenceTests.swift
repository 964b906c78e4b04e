// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import JSONTree
import OCI
import Testing

/// What two captures differ in, as people read it.
@Suite struct DifferenceTests {
    private static func document(
        _ container: JSONValue = Sample.container(), _ change: (inout EngineRecord) throws -> Void = { _ in }
    ) throws -> EnvironmentDocument {
        var engine = try Sample.engine(container: container)
        try change(&engine)
        return EnvironmentDocument(
            project: ProjectRecord(
                name: "foo", workingDirectory: "/srv/foo", configFiles: [], composeVersion: "1.29.2"),
            engine: engine, capturedAt: "2026-11-01T10:00:00Z", toolVersion: "0.1.0")
    }

    private static func difference(_ one: EnvironmentDocument, _ other: EnvironmentDocument) -> EnvironmentDifference {
        EnvironmentDifference(captured: one, found: other.engine, project: other.project, for: .difference)
    }

    /// The lines of the outline: the title of the group, mark, aspect, name and both values.
    private static func lines(_ one: EnvironmentDocument, _ other: EnvironmentDocument) -> [String] {
        DifferenceOutline(difference(one, other)).sections.flatMap(\.groups).flatMap { group in
            (group.lines + group.packages).map { line in
                let parts = [line.change.rawValue, line.aspect, line.name, line.captured ?? "-", line.found ?? "-"]
                return "\(group.title): " + parts.joined(separator: "|")
            }
        }
    }

    @Test func `a document does not differ from itself`() throws {
        let difference = Self.difference(try Self.document(), try Self.document())
        #expect(difference.isEqual)
        #expect(difference.allowed == [])
        #expect(difference.compared > 40)
    }

    @Test func `a container that was made anew is the same`() throws {
        let id = String(repeating: "77", count: 32)
        let old = Sample.container().setting("Config.Hostname", to: .string(String(Sample.capturedID.prefix(12))))
            .setting(["Config", "Labels", "com.docker.compose.config-hash"], to: "one")
        let new = Sample.container(id: id).setting("Config.Hostname", to: .string(String(id.prefix(12))))
            .setting(["Config", "Labels", "com.docker.compose.config-hash"], to: "two")
            .setting("Created", to: "later").setting("State.Pid", to: 99).setting("State.StartedAt", to: "later")
            .setting("Config.Env", to: ["A=1", "B=2", .string("affinity:container==\(Sample.capturedID)")])
            .setting("Mounts.[0].Mode", to: "rw").setting("NetworkSettings.SandboxID", to: "s2").setting(
                "NetworkSettings.Networks.foo_net.EndpointID", to: "e2")
        let other = try Self.document(new) {
            $0.networks[0].inspect = Sample.network().setting("Created", to: "later")
        }
        let difference = Self.difference(try Self.document(old), other)
        #expect(difference.fields == [])
        #expect(difference.allowed.map(\.field).contains("Created"))
        #expect(Self.difference(other, try Self.document(old)).isEqual)
    }

    static let planted: [(String, JSONValue, [String])] = [
        ("Config.Env", ["B=2", "A=1"], []),
        ("Config.Env", ["A=1", "B=3"], ["changed|env|B|2|3"]),
        ("Config.Env", ["A=1", "C="], ["removed|env|B|2|-", #"added|env|C|-|"""#]),
        ("Config.Cmd", ["sleep", "61"], [#"changed|command||["sleep","60"]|["sleep","61"]"#]),
        ("State", ["Status": "exited", "ExitCode": 3], ["changed|state||running, healthy|exited(3)"]),
        ("State.Health", ["Status": "unhealthy"], ["changed|state||running, healthy|running, unhealthy"]),
        (
            "NetworkSettings.Networks.foo_net.IPAddress", "10.81.82.9",
            ["changed|address|foo_net|10.81.82.100|10.81.82.9"]
        ),
        (
            "NetworkSettings.Networks.bar", ["IPAddress": "10.9.0.2", "MacAddress": "02:42:0a:09:00:02"],
            ["added|network|bar|-|10.9.0.2"]
        ),
        ("NetworkSettings.Networks", [:], ["removed|network|foo_net|10.81.82.100|-"]),
        ("NetworkSettings.Ports", ["80/tcp": [["HostIp": "::", "HostPort": "1"]]], ["added|port|80/tcp|-|:::1"]),
        ("Mounts.[1].RW", true, ["changed|mount|/foo RW|no|yes"]),
        (
            "Mounts.[1].Destination", "/bar",
            [
                "added|mount|/bar|-|bind /srv/foo, read-only",
                "removed|mount|/foo|bind /srv/foo, read-only|-",
            ]
        ),
        ("Config.Labels.team", "a", ["added|label|team|-|a"]),
        ("Config.Image", "foo:prod", ["changed|image name||foo:dev|foo:prod"]),
        ("HostConfig.Memory", 512, ["changed|setting|Memory|0|512"]),
        ("Config.User", "root", ["added|setting|User|-|root"]),
        ("SomethingNew", "x", ["added|setting|SomethingNew|-|x"]),
    ]

    @Test(arguments: planted.indices) func `a planted difference is named once`(_ index: Int) throws {
        let (field, value, expected) = Self.planted[index]
        let lines = Self.lines(try Self.document(), try Self.document(Sample.container().setting(field, to: value)))
        #expect(lines == expected.map { "container app: " + $0 })
    }

    @Test func `a MAC address that an engine made up is no difference, one that was asked for is`() throws {
        let field = "NetworkSettings.Networks.foo_net.MacAddress"
        let other = Sample.container().setting(field, to: "02:42:00:00:00:01")
        #expect(Self.lines(try Self.document(), try Self.document(other)).count == 1)
        let modern: (inout EngineRecord) -> Void = { $0.info = ["ID": "one", "ServerVersion": "28.5.2"] }
        #expect(Self.lines(try Self.document(Sample.container(), modern), try Self.document(other, modern)) == [])
    }

    @Test func `what stopped says so, and not that it lost its address and ports`() throws {
        let ports: JSONValue = ["80/tcp": [["HostIp": "0.0.0.0", "HostPort": "8080"]]]
        let stopped = Sample.container().setting("State", to: ["Status": "exited", "ExitCode": 0])
            .setting("NetworkSettings.Networks.foo_net.IPAddress", to: "")
            .setting("NetworkSettings.Networks.foo_net.MacAddress", to: "")
        let lines = Self.lines(
            try Self.document(Sample.container().setting("NetworkSettings.Ports", to: ports)),
            try Self.document(stopped))
        #expect(lines == ["container app: changed|state||running, healthy|exited(0)"])
    }

    @Test func `objects that one side lacks, other engines and other networks`() throws {
        let other = try Self.document {
            $0.info = ["ID": "one", "DefaultRuntime": "runc", "ServerVersion": "26.1.5"]
            $0.networks[0].inspect = Sample.network().setting("IPAM.Config.[0].Subnet", to: "10.9.0.0/24")
            $0.volumes = [VolumeRecord(inspect: Sample.volume(name: "new"))]
        }
        #expect(
            Self.lines(try Self.document(), other) == [
                "engine: added|version||-|26.1.5", "network foo_net: changed|subnet|Subnet|10.81.82.0/24|10.9.0.0/24",
                "volume data: removed|||-|-", "volume new: added|||-|-",
            ])
    }

    @Test func `an image that was built anew is one difference, with its layers`() throws {
        let config = try Sample.digest("other config")
        let layers = [try Sample.digest("layer"), try Sample.digest("new layer")]
        let other = try Self.document {
            $0.images[0].config = config
            $0.images[0].layers = layers
        }
        let lines = Self.lines(try Self.document(), other)
        #expect(
            lines == [
                "image foo:dev: changed|image||\(try Sample.digest("config").short)|\(config.short)",
                "image foo:dev: changed|layers||-|1 shared, 0 gone, 1 new",
            ])
    }

    @Test func `an image is looked for under its tag before its content`() throws {
        let new = try Sample.digest("other config")
        let other = try Self.document { engine in
            let old = engine.images[0]
            engine.images[0].tags = []
            engine.images.append(
                ImageRecord(id: "sha256:2", config: new, layers: old.layers, tags: ["foo:dev"], inspect: nil))
        }
        let difference = Self.difference(try Self.document(), other)
        #expect(difference.images.map(\.subject.name) == ["foo:dev"])
        #expect(difference.fields.map(\.field) == ["exists"])
    }

    @Test func `a host's own differences stand under the host`() throws {
        func document(_ inner: JSONValue, _ env: JSONValue) throws -> EnvironmentDocument {
            try Self.document(Sample.container().setting("Config.Env", to: env)) {
                $0.containers[0].engine = try Sample.engine(container: inner)
            }
        }
        let difference = Self.difference(
            try document(Sample.container(name: "db"), ["A=1"]),
            try document(Sample.container(name: "db").setting("Config.User", to: "x"), ["A=2"]))
        let sections = DifferenceOutline(difference).sections
        #expect(sections.map(\.title) == ["host app"])
        #expect(sections[0].groups.map(\.title) == ["", "container app"])
        #expect(sections[0].groups[0].lines.map(\.aspect) == ["env"])
    }

    @Test func `in a replay what had to be pinned is no drift, and another engine neither`() throws {
        let pinned = Sample.container()
            .setting("NetworkSettings.Networks.foo_net.IPAMConfig", to: ["IPv4Address": "10.81.82.100"])
            .setting("Config.MacAddress", to: "02:42:0a:51:52:64")
        let other = try Self.document(pinned) { $0.info = ["ID": "two", "ServerVersion": "26.1.5"] }
        let drift = EnvironmentDifference(captured: try Self.document(), found: other.engine, project: nil, for: .drift)
        #expect(drift.fields == [])
        #expect(!Self.difference(try Self.document(), other).isEqual)
    }

    @Test func `the project's own facts are compared`() throws {
        var other = try Self.document()
        other.project.composeVersion = "2.26.1"
        #expect(Self.lines(try Self.document(), other) == ["project: changed|compose||1.29.2|2.26.1"])
    }
}
