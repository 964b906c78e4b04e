// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import JSONTree
import Testing

/// Each rule that lets a field differ, and the same field with the rule's condition broken.
@Suite struct AllowedDifferenceTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let field: String
        let captured: JSONValue
        let found: JSONValue
        var testDescription: String { "\(field): \(captured.canonicalText) and \(found.canonicalText)" }

        init(_ field: String, _ captured: JSONValue, _ found: JSONValue) {
            self.field = field
            self.captured = captured
            self.found = found
        }
    }

    static let endpoint = "NetworkSettings.Networks.foo_net."

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
        Row(endpoint + "DriverOpts", nil, ["com.docker.network.endpoint.ifname": "eth0"]),
        Row("ImageManifestDescriptor", nil, ["digest": "x"]), Row("ImageManifestDescriptor", ["digest": "x"], nil),
        Row("HostConfig.MaskedPaths", ["/a", "/b"], ["/b", "/a", "/c"]),
        Row("HostConfig.ReadonlyPaths", ["/a"], ["/a", "/b"]),
        Row("HostConfig.KernelMemory", 0, nil), Row("HostConfig.KernelMemoryTCP", 0, nil),
        Row("HostConfig.OomKillDisable", false, nil), Row("HostConfig.MemorySwappiness", -1, nil),
        Row("HostConfig.Runtime", "runc", "wrapper"),
        Row("HostConfig.PortBindings", ["80/tcp": [["HostPort": ""]]], ["80/tcp": [["HostPort": "32768"]]]),
        Row("HostConfig.PortBindings", ["80/tcp": [["HostPort": "0"]]], ["80/tcp": [["HostPort": "32768"]]]),
        Row("HostConfig.PortBindings", ["80/tcp": [["HostPort": "70-72"]]], ["80/tcp": [["HostPort": "71"]]]),
        Row("HostConfig.RestartPolicy.Name", "", "no"), Row("HostConfig.NetworkMode", "default", "bridge"),
        Row("HostConfig.NetworkMode", "bridge", "default"), Row("NetworkSettings.HairpinMode", false, nil),
        Row("NetworkSettings.LinkLocalIPv6PrefixLen", 0, nil),
    ]

    static let different: [Row] = [
        Row(endpoint + "IPAMConfig", ["IPv4Address": "10.81.82.100"], ["IPv4Address": "10.81.82.101"]),
        Row(endpoint + "IPAMConfig", ["IPv4Address": "10.81.82.100"], nil),
        Row(endpoint + "GwPriority", 1, 2), Row(endpoint + "DriverOpts", ["a": "b"], ["a": "c"]),
        Row("ImageManifestDescriptor", ["digest": "x"], ["digest": "y"]),
        Row("HostConfig.MaskedPaths", ["/a", "/b"], ["/a"]), Row("HostConfig.MaskedPaths", ["/a"], ["/b", "/c"]),
        Row("HostConfig.MaskedPaths", ["/a", "/b"], ["/a", "/c"]), Row("HostConfig.MaskedPaths", [], ["/a"]),
        Row("HostConfig.ReadonlyPaths", ["/a"], []), Row("HostConfig.ReadonlyPaths", nil, ["/a"]),
        Row("HostConfig.KernelMemory", 5_000_000, 0), Row("HostConfig.OomKillDisable", true, nil),
        Row("HostConfig.MemorySwappiness", 0, 60), Row("HostConfig.Runtime", "runc", "runsc"),
        Row("HostConfig.Runtime", "crun", "wrapper"),
        Row("HostConfig.PortBindings", ["80/tcp": [["HostPort": "8080"]]], ["80/tcp": [["HostPort": "8081"]]]),
        Row("HostConfig.PortBindings", ["80/tcp": [["HostPort": ""]]], nil),
        Row("HostConfig.PortBindings", nil, ["80/tcp": [["HostPort": "8080"]]]),
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
        let captured = try Sample.engine(container: Sample.container().setting(row.field, to: row.captured))
        var found = try Sample.engine(container: Sample.container().setting(row.field, to: row.found))
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
}
