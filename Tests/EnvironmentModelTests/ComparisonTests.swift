// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import JSONTree
import OCI
import Testing

@Suite struct ComparisonTests {
    @Test func `an environment is equal to itself`() throws {
        let engine = try Sample.engine()
        let verdict = EnvironmentComparison(captured: engine, found: engine).verdict()
        #expect(verdict.isExact)
        #expect(verdict.allowed == [])
        #expect(verdict.compared > 50)
    }

    static let planted: [(String, JSONValue)] = [
        ("Name", "/other"), ("Path", "true"), ("Args", ["61"]), ("Args", ["60", "1"]), ("Config.Hostname", "db"),
        ("Config.Env", ["B=2", "A=1"]), ("Config.Env", ["A=1"]), ("Config.Cmd", nil), ("Config.Entrypoint", ["sh"]),
        ("Config.Labels.com", "x"), ("Config.Image", "foo:prod"), ("Config.Tty", true),
        ("HostConfig.Binds", ["/srv/foo:/foo:rw"]), ("HostConfig.Memory", 1), ("HostConfig.Privileged", true),
        ("HostConfig.CapAdd", ["NET_ADMIN"]), ("HostConfig.SomethingNew", "x"), ("Image", "sha256:2"),
        ("Mounts.[0].Name", "other"), ("Mounts.[0].Destination", "/elsewhere"), ("Mounts.[1].Source", "/srv/bar"),
        ("Mounts.[1].RW", true), ("NetworkSettings.Networks.foo_net.MacAddress", "02:42:0a:51:52:65"),
        ("NetworkSettings.Networks.foo_net.Aliases", ["db"]), ("NetworkSettings.Networks.bar_net", ["IPAddress": "1"]),
        ("Config.Labels.empty", ""), ("Config.ExposedPorts", ["80/tcp": [:]]), ("Config.Volumes", ["/data": [:]]),
        ("HostConfig.Tmpfs", ["/run": ""]), ("HostConfig.Sysctls", ["net.ipv4.ip_forward": ""]),
        ("NetworkSettings.Ports", ["80/tcp": [["HostIp": "0.0.0.0", "HostPort": "1"]]]), ("Platform", "windows"),
    ]

    @Test(arguments: planted.indices) func `a planted difference in a container is found`(_ index: Int) throws {
        let (field, value) = Self.planted[index]
        let changed = Sample.container().setting(field, to: value)
        #expect(changed != Sample.container())
        let verdict = EnvironmentComparison(
            captured: try Sample.engine(), found: try Sample.engine(container: changed)
        ).verdict()
        #expect(!verdict.isExact)
        let back = EnvironmentComparison(
            captured: try Sample.engine(container: changed), found: try Sample.engine()
        ).verdict()
        #expect(!back.isExact)
    }

    static let networkFields: [(String, JSONValue)] = [
        ("Driver", "macvlan"), ("Labels.b", ""), ("Internal", true), ("Attachable", true), ("EnableIPv6", true),
        ("Labels.a", "2"),
        ("Options", ["com.docker.network.bridge.name": "br-bar"]), ("IPAM.Driver", "null"),
        ("IPAM.Config.[0].Subnet", "10.81.83.0/24"), ("IPAM.Config.[0].Gateway", "10.81.82.254"),
        ("IPAM.Config", []), ("ConfigFrom", ["Network": "x"]), ("Containers", [:]),
    ]

    @Test(arguments: networkFields.indices) func `a planted difference in a network is found`(_ index: Int) throws {
        let (field, value) = Self.networkFields[index]
        var found = try Sample.engine()
        found.networks[0].inspect = found.networks[0].inspect.setting(field, to: value)
        let verdict = EnvironmentComparison(captured: try Sample.engine(), found: found).verdict()
        #expect(verdict.different.first?.object == "network foo_net")
        #expect(verdict.different.allSatisfy { $0.field.hasPrefix(String(field.prefix { $0 != "." })) })
    }

    @Test func `what each engine makes up for a network and a volume may differ`() throws {
        var found = try Sample.engine()
        found.networks[0].inspect = Sample.network(id: String(repeating: "77", count: 32))
            .setting("Created", to: "later").setting("EnableIPv4", to: true)
            .setting(["Containers", Sample.capturedID, "EndpointID"], to: "e9")
        let network = "NetworkSettings.Networks.foo_net.NetworkID"
        found.containers[0].inspect = found.containers[0].inspect
            .setting(network, to: .string(String(repeating: "77", count: 32)))
        found.volumes[0].inspect = Sample.volume().setting("CreatedAt", to: "later")
            .setting("Mountpoint", to: "/elsewhere/data/_data")
        let verdict = EnvironmentComparison(captured: try Sample.engine(), found: found).verdict()
        #expect(verdict.different == [])
        #expect(
            Set(verdict.allowed.map { "\($0.object) \($0.field.prefix(10))" })
                == [
                    "network foo_net Id", "network foo_net Created", "network foo_net EnableIPv4",
                    "network foo_net Containers", "volume data CreatedAt", "volume data Mountpoint",
                ])
    }

    @Test func `IPv4 that is switched off is a difference between engines that both show it`() throws {
        var captured = try Sample.engine()
        var found = try Sample.engine()
        captured.networks[0].inspect = captured.networks[0].inspect.setting("EnableIPv4", to: true)
        found.networks[0].inspect = found.networks[0].inspect.setting("EnableIPv4", to: false)
        #expect(!EnvironmentComparison(captured: captured, found: found).verdict().isExact)
    }

    @Test(arguments: [("Driver", "nfs"), ("Labels.a", "2"), ("Options", "x"), ("Scope", "global")])
    func `a planted difference in a volume is found`(_ field: String, _ value: String) throws {
        var found = try Sample.engine()
        found.volumes[0].inspect = found.volumes[0].inspect.setting(field, to: .string(value))
        let verdict = EnvironmentComparison(captured: try Sample.engine(), found: found).verdict()
        #expect(verdict.different.map { "\($0.object) \($0.field)" } == ["volume data \(field)"])
    }

    /// An engine whose image has an id of its own: in containerd's store it is the manifest's.
    private static func engine(imageID: String, tags: [String] = ["foo:dev"]) throws -> EngineRecord {
        var engine = try Sample.engine(container: Sample.container().setting("Image", to: .string(imageID)))
        engine.images[0].id = imageID
        engine.images[0].tags = tags
        return engine
    }

    @Test func `an image is equal by config, layers and tags, whatever its id is in the two kinds of store`() throws {
        let config = try Sample.digest("config").description
        let manifest = "sha256:" + String(repeating: "ab", count: 32)
        let captured = try Self.engine(imageID: config)
        let verdict = EnvironmentComparison(captured: captured, found: try Self.engine(imageID: manifest)).verdict()
        #expect(verdict.isExact)
        #expect(verdict.allowed.map(\.field) == ["Manifest"])
        let other = try Self.engine(imageID: manifest, tags: ["foo:other"])
        let different = EnvironmentComparison(captured: captured, found: other).verdict().different
        #expect(different.map(\.field) == ["RepoTags[0]"])
        #expect(different.map(\.object) == ["image foo:dev"])
    }

    @Test func `between two containerd stores an image keeps its manifest`() throws {
        let captured = try Self.engine(imageID: "sha256:" + String(repeating: "ab", count: 32))
        let found = try Self.engine(imageID: "sha256:" + String(repeating: "cd", count: 32))
        #expect(EnvironmentComparison(captured: captured, found: captured).verdict().isExact)
        let verdict = EnvironmentComparison(captured: captured, found: found).verdict()
        #expect(verdict.different.map(\.field) == ["Manifest"])
    }

    @Test func `tags are a set`() throws {
        var captured = try Sample.engine()
        var found = try Sample.engine()
        captured.images[0].tags = ["a:1", "b:2"]
        found.images[0].tags = ["b:2", "a:1"]
        #expect(EnvironmentComparison(captured: captured, found: found).verdict().isExact)
    }
}
