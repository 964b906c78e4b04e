// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import JSONTree
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

    @Test func `an image is equal by config, layers and tags, whatever its id is`() throws {
        var found = try Sample.engine()
        found.images[0].id = "sha256:9"
        found.images[0].inspect = ["Size": 2]
        found.containers[0].inspect = found.containers[0].inspect.setting("Image", to: "sha256:9")
        // The image's id is 64 digits on a real engine; short ones are never replaced.
        let id = "sha256:" + String(repeating: "ab", count: 32)
        found.images[0].id = id
        found.containers[0].inspect = found.containers[0].inspect.setting("Image", to: .string(id))
        var captured = try Sample.engine()
        let capturedID = "sha256:" + String(repeating: "cd", count: 32)
        captured.images[0].id = capturedID
        captured.containers[0].inspect = captured.containers[0].inspect.setting("Image", to: .string(capturedID))
        #expect(EnvironmentComparison(captured: captured, found: found).verdict().isExact)
        found.images[0].tags = ["foo:other"]
        let verdict = EnvironmentComparison(captured: captured, found: found).verdict()
        #expect(verdict.different.map(\.field) == ["RepoTags[0]"])
        #expect(verdict.different.map(\.object) == ["image foo:dev"])
    }

    @Test func `tags are a set`() throws {
        var captured = try Sample.engine()
        var found = try Sample.engine()
        captured.images[0].tags = ["a:1", "b:2"]
        found.images[0].tags = ["b:2", "a:1"]
        #expect(EnvironmentComparison(captured: captured, found: found).verdict().isExact)
    }
}
