// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import JSONTree
import OCI
import Testing

/// Each rule that lets a field differ, and the same field with the rule's condition broken.
@Suite struct AllowedDifferenceTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let field: String
        let captured: JSONValue
        let found: JSONValue
        /// What both sides have beside it.
        let both: [String: JSONValue]
        var testDescription: String { "\(field): \(captured.canonicalText) and \(found.canonicalText)" }

        init(_ field: String, _ captured: JSONValue, _ found: JSONValue, both: [String: JSONValue] = [:]) {
            self.field = field
            self.captured = captured
            self.found = found
            self.both = both
        }
    }

    static let endpoint = "NetworkSettings.Networks.foo_net."
    static let ports: [String: JSONValue] = [
        "NetworkSettings.Ports": ["80/tcp": [["HostIp": "0.0.0.0", "HostPort": "32768"]]]
    ]
    static let allPorts = ports.merging(["HostConfig.PublishAllPorts": true]) { $1 }
    static let sysctls: [String: JSONValue] = [
        "HostConfig.Sysctls": ["net.ipv4.conf.eth0.proxy_arp": "1", "net.ipv4.ip_forward": "1"]
    ]
    static let interfaceName: JSONValue = ["com.docker.network.endpoint.ifname": "eth0"]
    static let interfaceSysctls: JSONValue = [
        "com.docker.network.endpoint.sysctls": "net.ipv4.conf.IFNAME.proxy_arp=1"
    ]
    static let digestName = "foo@sha256:" + String(repeating: "ab", count: 32)

    static let allowed: [Row] = [
        Row("Created", "2026-01-01", "2026-01-02"), Row("State.Pid", 1, 2), Row("State.StartedAt", "a", "b"),
        Row("State.FinishedAt", "a", "b"), Row("State.Error", "", "x"), Row("RestartCount", 0, 3),
        Row("ExecIDs", nil, ["x"]), Row("State.Health.Log", [], [["Output": "x"]]),
        Row("State.Health.FailingStreak", 0, 1),
        Row("NetworkSettings.EndpointID", "a", "b"), Row("NetworkSettings.SandboxID", "a", "b"),
        Row("NetworkSettings.SandboxKey", "a", "b"), Row(endpoint + "EndpointID", "a", "b"),
        Row(endpoint + "NetworkID", "a", "b"), Row(endpoint + "DNSNames", nil, ["app"]), Row("LogPath", "a", "b"),
        Row("HostsPath", "a", "b"), Row("HostnamePath", "a", "b"), Row("ResolvConfPath", "a", "b"),
        Row("GraphDriver.Data.UpperDir", "/a", "/b"), Row("Storage", nil, ["RootFS": "x"]),
        Row("Driver", "overlay2", "overlayfs"), Row("MountLabel", "", "x"), Row("ProcessLabel", "", "x"),
        Row("AppArmorProfile", "docker-default", ""),
        Row(endpoint + "IPAMConfig", nil, ["IPv4Address": "10.81.82.100"]),
        Row(endpoint + "IPAMConfig", [:], ["IPv4Address": "10.81.82.100"]),
        Row(endpoint + "GwPriority", 0, 1), Row(endpoint + "GwPriority", nil, 1),
        Row(endpoint + "DriverOpts", nil, interfaceName),
        Row(endpoint + "DriverOpts", nil, interfaceSysctls, both: sysctls),
        Row("HostConfig.Sysctls", ["net.ipv4.conf.eth0.proxy_arp": "1"], nil),
        Row("Config.MacAddress", nil, "02:42:0a:51:52:64"),
        Row("Config.MacAddress", "02:42:0a:51:52:99", "02:42:0a:51:52:64"),
        Row("Config.Labels", nil, ["io.envsnap.replay": "foo"]),
        Row("ImageManifestDescriptor", nil, ["digest": "x"]), Row("ImageManifestDescriptor", ["digest": "x"], nil),
        Row("HostConfig.MaskedPaths", ["/a", "/b"], ["/b", "/a", "/c"]),
        Row("HostConfig.KernelMemory", 0, nil), Row("HostConfig.KernelMemoryTCP", 0, nil),
        Row("HostConfig.OomKillDisable", false, nil), Row("HostConfig.MemorySwappiness", -1, nil),
        Row("HostConfig.Runtime", "runc", "wrapper"),
        Row(
            "HostConfig.PortBindings", ["80/tcp": [["HostPort": ""]]], ["80/tcp": [["HostPort": "32768"]]], both: ports),
        Row(
            "HostConfig.PortBindings", ["80/tcp": [["HostPort": "0"]]], ["80/tcp": [["HostPort": "32768"]]], both: ports
        ),
        Row(
            "HostConfig.PortBindings", ["80/tcp": [["HostPort": "32768-32770"]]],
            ["80/tcp": [["HostPort": "32768"]]], both: ports),
        Row("HostConfig.PortBindings", nil, ["80/tcp": [["HostPort": "32768"]]], both: allPorts),
        Row("HostConfig.RestartPolicy.Name", "", "no"), Row("HostConfig.NetworkMode", "default", "bridge"),
        Row("HostConfig.NetworkMode", "bridge", "default"), Row("NetworkSettings.HairpinMode", false, nil),
        Row("NetworkSettings.LinkLocalIPv6PrefixLen", 0, nil),
    ]

    static let different: [Row] = [
        Row(endpoint + "IPAMConfig", ["IPv4Address": "10.81.82.100"], ["IPv4Address": "10.81.82.101"]),
        Row(endpoint + "IPAMConfig", ["IPv4Address": "10.81.82.100"], nil),
        Row(endpoint + "IPAMConfig", nil, ["IPv4Address": "10.81.82.101"]),
        Row(endpoint + "IPAMConfig", nil, ["LinkLocalIPs": ["169.254.0.1"]]),
        Row(endpoint + "GwPriority", 1, 2), Row(endpoint + "DriverOpts", ["a": "b"], ["a": "c"]),
        Row(endpoint + "DriverOpts", nil, ["a": "b"]), Row(endpoint + "DriverOpts", interfaceName, nil),
        Row(endpoint + "DriverOpts", nil, interfaceSysctls),
        Row(
            endpoint + "DriverOpts", nil,
            ["com.docker.network.endpoint.sysctls": "net.ipv4.conf.IFNAME.proxy_arp=0"], both: sysctls),
        Row(endpoint + "DNSNames", ["app"], ["db"]), Row(endpoint + "DNSNames", ["app", "b"], ["app"]),
        Row(endpoint + "Gateway", "10.81.82.1", nil), Row(endpoint + "Aliases", ["app"], ["app", "door"]),
        Row("HostConfig.Sysctls", ["net.ipv4.ip_forward": "1"], nil),
        Row("HostConfig.Sysctls", ["net.ipv4.conf.eth0.proxy_arp": "1"], ["net.ipv4.conf.eth0.proxy_arp": "0"]),
        Row("HostConfig.Sysctls", nil, ["net.ipv4.conf.eth0.proxy_arp": "1"]),
        Row("Config.MacAddress", nil, "02:42:0a:51:52:99"), Row("Config.MacAddress", "02:42:0a:51:52:64", nil),
        Row("Config.Labels", nil, ["io.envsnap.other": "foo"]),
        Row("Config.Labels", ["io.envsnap.replay": "a"], ["io.envsnap.replay": "b"]),
        Row("Config.Image", .string(digestName), "foo:dev"), Row("Config.Image", "foo:dev", "sha256:1"),
        Row("ImageManifestDescriptor", ["digest": "x"], ["digest": "y"]),
        Row("HostConfig.MaskedPaths", ["/a", "/b"], ["/a"]), Row("HostConfig.MaskedPaths", ["/a"], ["/b", "/c"]),
        Row("HostConfig.MaskedPaths", ["/a", "/b"], ["/a", "/c"]), Row("HostConfig.MaskedPaths", [], ["/a"]),
        Row("HostConfig.ReadonlyPaths", ["/a"], []), Row("HostConfig.ReadonlyPaths", nil, ["/a"]),
        Row("HostConfig.ReadonlyPaths", ["/a"], ["/a", "/b"]),
        Row("HostConfig.KernelMemory", 5_000_000, 0), Row("HostConfig.OomKillDisable", true, nil),
        Row("HostConfig.MemorySwappiness", 0, 60), Row("HostConfig.Runtime", "runc", "runsc"),
        Row("HostConfig.Runtime", "crun", "wrapper"),
        Row("HostConfig.PortBindings", ["80/tcp": [["HostPort": "8080"]]], ["80/tcp": [["HostPort": "8081"]]]),
        Row("HostConfig.PortBindings", ["80/tcp": [["HostPort": ""]]], nil),
        Row("HostConfig.PortBindings", nil, ["80/tcp": [["HostPort": "8080"]]]),
        Row("HostConfig.PortBindings", nil, ["80/tcp": [["HostPort": "32768"]]], both: ports),
        Row("HostConfig.PortBindings", nil, ["80/tcp": [["HostPort": "32769"]]], both: allPorts),
        Row(
            "HostConfig.PortBindings", ["80/tcp": [["HostPort": ""]]], ["80/tcp": [["HostPort": "32769"]]], both: ports),
        Row(
            "HostConfig.PortBindings", ["80/tcp": [["HostIp": "", "HostPort": "80"]]],
            ["80/tcp": [["HostIp": "127.0.0.1", "HostPort": "80"]]]),
        Row("HostConfig.RestartPolicy.Name", "", "always"), Row("HostConfig.RestartPolicy.Name", "always", "no"),
        Row("HostConfig.RestartPolicy.MaximumRetryCount", 0, 3), Row("HostConfig.NetworkMode", "default", "host"),
        Row("HostConfig.NetworkMode", "bridge", "none"), Row("NetworkSettings.HairpinMode", true, nil),
        Row(endpoint + "IPAddress", "10.81.82.100", ""), Row(endpoint + "IPAddress", "10.81.82.100", "10.81.82.101"),
        Row("State.Health.Status", "healthy", "unhealthy"), Row("State.Status", "running", "exited"),
        Row("State.ExitCode", 0, 3),
    ]

    @Test(arguments: allowed) func `a rule lets its field differ, with a reason`(_ row: Row) throws {
        let verdict = try verdict(on: row)
        #expect(verdict.isExact)
        #expect(verdict.different == [])
        #expect(verdict.allowed.count == 1)
        #expect(verdict.allowed.allSatisfy { $0.reason?.isEmpty == false && $0.field.hasPrefix(row.field) })
        #expect(verdict.allowed.allSatisfy { $0.object == "container foo_app_1" })
    }

    @Test(arguments: different) func `without its condition the same field has to be equal`(_ row: Row) throws {
        let verdict = try verdict(on: row)
        #expect(!verdict.isExact)
        #expect(verdict.different.allSatisfy { $0.field.hasPrefix(row.field) && $0.reason == nil })
        #expect(verdict.allowed == [])
    }

    private func verdict(on row: Row) throws -> Verdict {
        let both = row.both.reduce(Sample.container()) { $0.setting($1.key, to: $1.value) }
        let captured = try Sample.engine(container: both.setting(row.field, to: row.captured))
        var found = try Sample.engine(container: both.setting(row.field, to: row.found))
        found.info = ["ID": "two", "DefaultRuntime": "wrapper"]
        // The default runtime of both engines is what each of their containers shows, unless the row says otherwise.
        if !row.field.hasSuffix("Runtime") {
            found.containers[0].inspect = found.containers[0].inspect.setting("HostConfig.Runtime", to: "runc")
        }
        var verdict = EnvironmentComparison(captured: captured, found: found).verdict()
        // That the engines' own default runtimes differ is another finding, tested below.
        verdict.allowed.removeAll { $0.object == "engine ." }
        return verdict
    }

    @Test func `the outermost engine may be another one, a nested one may not`() throws {
        func engine(_ version: String) throws -> EngineRecord {
            var inner = try Sample.engine()
            inner.info = ["ServerVersion": .string(version), "CgroupVersion": "1"]
            var outer = inner
            outer.containers[0].engine = inner
            return outer
        }
        let verdict = EnvironmentComparison(captured: try engine("26.1.5"), found: try engine("20.10.24")).verdict()
        #expect(verdict.allowed.map(\.object) == ["engine ."])
        #expect(verdict.allowed.map(\.field) == ["ServerVersion"])
        #expect(verdict.different.map(\.object) == ["engine app"])
        #expect(verdict.different.map(\.found) == ["20.10.24"])
    }

    @Test(arguments: ["Architecture", "OSType"])
    func `the kind of machine has to be the same, also of the outermost engine`(_ field: String) throws {
        var found = try Sample.engine()
        found.info = found.info.setting(field, to: "other")
        let verdict = EnvironmentComparison(captured: try Sample.engine(), found: found).verdict()
        #expect(verdict.different.map(\.field) == [field])
    }

    /// Networks and volumes: the field, both values, and whether that may be.
    static let others: [(String, JSONValue, JSONValue, Bool)] = [
        ("network EnableIPv4", nil, true, true), ("network EnableIPv4", true, nil, true),
        ("network EnableIPv4", false, nil, false), ("network EnableIPv4", nil, false, false),
        ("network Status", nil, ["IPAM": "x"], true), ("network Peers", ["a"], ["b"], false),
        ("network Labels", ["a": "1"], ["a": "1", "io.envsnap.replay": "foo"], true),
        ("network Labels", ["a": "1"], ["a": "1", "b": "2"], false),
        ("network IPAM.Config.[0].Gateway", nil, "10.81.82.1", false),
        ("volume Labels", ["com.docker.volume.anonymous": "a"], ["com.docker.volume.anonymous": "b"], false),
        ("volume Labels", ["a": "1"], ["a": "2"], false), ("volume Status", nil, ["a": "b"], true),
    ]

    @Test(arguments: others.indices) func `rules of networks and volumes have their conditions too`(_ index: Int) throws
    {
        let (field, captured, found, isAllowed) = Self.others[index]
        func engine(_ value: JSONValue) throws -> EngineRecord {
            var engine = try Sample.engine()
            if field.hasPrefix("network") {
                engine.networks[0].inspect = engine.networks[0].inspect
                    .setting(String(field.dropFirst("network ".count)), to: value)
            } else {
                engine.volumes[0].inspect = engine.volumes[0].inspect
                    .setting(String(field.dropFirst("volume ".count)), to: value)
            }
            return engine
        }
        let verdict = EnvironmentComparison(captured: try engine(captured), found: try engine(found)).verdict()
        #expect(verdict.isExact == isAllowed)
        #expect(verdict.allowed.isEmpty != isAllowed)
    }

    @Test(
        arguments: [(true, nil, true), (true, "10.81.82.254", false), (false, nil, false)] as [(Bool, JSONValue, Bool)])
    func `a gateway may be missing on an internal network alone`(
        _ isInternal: Bool, _ gateway: JSONValue, _ isAllowed: Bool
    ) throws {
        func engine(_ gateway: JSONValue) throws -> EngineRecord {
            var engine = try Sample.engine(
                container: Sample.container().setting(Self.endpoint + "Gateway", to: gateway))
            engine.networks[0].inspect = engine.networks[0].inspect.setting("Internal", to: .bool(isInternal))
            return engine
        }
        let verdict = EnvironmentComparison(captured: try engine("10.81.82.1"), found: try engine(gateway)).verdict()
        #expect(verdict.isExact == isAllowed)
    }

    @Test func `only the default bridge may show its gateway where none was shown`() throws {
        func engine(named name: JSONValue, _ gateway: JSONValue) throws -> EngineRecord {
            var engine = try Sample.engine()
            engine.networks[0].inspect = engine.networks[0].inspect.setting("Name", to: name)
                .setting("IPAM.Config.[0].Gateway", to: gateway)
            return engine
        }
        for (name, captured, found, isAllowed) in [
            ("bridge", nil, "172.17.0.1", true), ("bridge", "172.17.0.1", "172.17.0.2", false),
            ("foo_net", nil, "172.17.0.1", false),
        ] as [(JSONValue, JSONValue, JSONValue, Bool)] {
            let verdict = EnvironmentComparison(
                captured: try engine(named: name, captured), found: try engine(named: name, found)
            ).verdict()
            #expect(verdict.isExact == isAllowed)
        }
    }

    @Test func `a name with a digest may become the id of that image, and of no other`() throws {
        let (id, other) = (
            "sha256:" + String(repeating: "12", count: 32), "sha256:" + String(repeating: "34", count: 32)
        )
        func engine(named name: String) throws -> EngineRecord {
            let container = Sample.container().setting("Image", to: .string(id))
                .setting("Config.Image", to: .string(name))
            var engine = try Sample.engine(container: container)
            engine.images[0].id = id
            engine.images.append(
                ImageRecord(id: other, config: try Sample.digest("other"), layers: [], tags: [], inspect: [:]))
            return engine
        }
        let captured = try engine(named: Self.digestName)
        for (name, isAllowed) in [(id, true), (other, false)] {
            let verdict = EnvironmentComparison(captured: captured, found: try engine(named: name)).verdict()
            #expect(verdict.isExact == isAllowed)
            #expect((verdict.allowed + verdict.different).map(\.field) == ["Config.Image"])
        }
    }

    @Test func `a label that holds an image's id is compared byte for byte`() throws {
        // Compose 2 notes the id; in the other kind of image store the same image has another one.
        let id = "sha256:" + String(repeating: "12", count: 32)
        func engine(imageID: String, label: String) throws -> EngineRecord {
            let container = Sample.container().setting("Image", to: .string(imageID))
                .setting(["Config", "Labels", "com.docker.compose.image"], to: .string(label))
            var engine = try Sample.engine(container: container)
            engine.images[0].id = imageID
            return engine
        }
        let captured = try engine(imageID: id, label: id)
        let other = "sha256:" + String(repeating: "34", count: 32)
        let config = try Sample.digest("config").description
        let kept = EnvironmentComparison(captured: captured, found: try engine(imageID: config, label: id)).verdict()
        #expect(kept.isExact)
        let changed = EnvironmentComparison(captured: captured, found: try engine(imageID: config, label: other))
            .verdict()
        #expect(changed.different.map(\.field) == ["Config.Labels.com.docker.compose.image"])
    }
}
