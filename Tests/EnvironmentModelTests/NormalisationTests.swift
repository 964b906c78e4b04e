// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import JSONTree
import Testing

/// Ways of writing the same thing, and objects that are missing.
@Suite struct NormalisationTests {
    static let nothing: [JSONValue] = [nil, [], [:], ""]

    @Test(arguments: nothing.indices, nothing.indices)
    func `null, empty and absent are the same`(_ left: Int, _ right: Int) throws {
        let captured = try Sample.engine(container: Sample.container().setting("HostConfig.X", to: Self.nothing[left]))
        let found = try Sample.engine(container: Sample.container().setting("HostConfig.X", to: Self.nothing[right]))
        #expect(EnvironmentComparison(captured: captured, found: found).verdict().different == [])
        #expect(EnvironmentComparison(captured: captured, found: try Sample.engine()).verdict().different == [])
        #expect(EnvironmentComparison(captured: try Sample.engine(), found: found).verdict().different == [])
    }

    @Test(arguments: [0, false, "x", [nil], ["a": 1]] as [JSONValue])
    func `a value is not nothing`(_ value: JSONValue) throws {
        let found = try Sample.engine(container: Sample.container().setting("HostConfig.X", to: value))
        #expect(!EnvironmentComparison(captured: try Sample.engine(), found: found).verdict().isExact)
        #expect(!EnvironmentComparison(captured: found, found: try Sample.engine()).verdict().isExact)
    }

    @Test func `strings are compared byte by byte`() throws {
        let composed = try Sample.engine(container: Sample.container().setting("Config.User", to: "\u{E9}"))
        let decomposed = try Sample.engine(container: Sample.container().setting("Config.User", to: "e\u{301}"))
        #expect(!EnvironmentComparison(captured: composed, found: decomposed).verdict().isExact)
    }

    @Test func `mounts come in any order`() throws {
        let mounts = Sample.container()["Mounts"].array ?? []
        let found = try Sample.engine(container: Sample.container().setting("Mounts", to: .array(mounts.reversed())))
        #expect(EnvironmentComparison(captured: try Sample.engine(), found: found).verdict().different == [])
    }

    @Test func `where an engine keeps a volume does not matter`() throws {
        let found = try Sample.engine(
            container: Sample.container().setting("Mounts.[0].Source", to: "/other/volumes/data/_data"))
        #expect(EnvironmentComparison(captured: try Sample.engine(), found: found).verdict().different == [])
    }

    @Test func `pools of addresses come in any order`() throws {
        let pools: [JSONValue] = [["Subnet": "10.81.82.0/24"], ["Subnet": "fd00::/64"]]
        var captured = try Sample.engine()
        var found = try Sample.engine()
        captured.networks[0].inspect = captured.networks[0].inspect.setting("IPAM.Config", to: .array(pools))
        found.networks[0].inspect = found.networks[0].inspect.setting("IPAM.Config", to: .array(pools.reversed()))
        #expect(EnvironmentComparison(captured: captured, found: found).verdict().isExact)
    }

    @Test func `a missing and an additional object are differences`() throws {
        let captured = try Sample.engine()
        var found = try Sample.engine()
        found.containers = []
        found.networks = []
        found.volumes = []
        found.images = []
        let verdict = EnvironmentComparison(captured: captured, found: found).verdict()
        #expect(
            verdict.different.map(\.object)
                == ["network foo_net", "volume data", "image \(captured.images[0].config)", "container foo_app_1"])
        #expect(verdict.different.allSatisfy { $0.field == "exists" && $0.captured == true && $0.found == false })
        let back = EnvironmentComparison(captured: found, found: captured).verdict()
        #expect(back.different.count == 4)
        #expect(back.different.allSatisfy { $0.captured == false && $0.found == true })
    }

    @Test func `an engine inside a host is compared too, under the host's name`() throws {
        var captured = try Sample.engine()
        captured.containers[0].engine = try Sample.engine()
        var found = captured
        #expect(EnvironmentComparison(captured: captured, found: found).verdict().isExact)
        found.containers[0].engine?.containers[0].inspect = Sample.container().setting("Config.Hostname", to: "other")
        let verdict = EnvironmentComparison(captured: captured, found: found).verdict()
        #expect(verdict.different.map(\.object) == ["container app/foo_app_1"])
        #expect(verdict.different.map(\.field) == ["Config.Hostname"])
    }

    @Test func `an engine that is gone from its host is one difference`() throws {
        var captured = try Sample.engine()
        captured.containers[0].engine = try Sample.engine()
        let found = try Sample.engine()
        let verdict = EnvironmentComparison(captured: captured, found: found).verdict()
        #expect(verdict.different.map { "\($0.object) \($0.field)" } == ["container foo_app_1 engine"])
        #expect(!EnvironmentComparison(captured: found, found: captured).verdict().isExact)
    }

    @Test func `a verdict counts what it compared and says so in JSON`() throws {
        var captured = try Sample.engine()
        captured.containers[0].inspect = Sample.container().setting("Config.Hostname", to: "other")
        let verdict = EnvironmentComparison(captured: captured, found: try Sample.engine()).verdict()
        let json = verdict.json
        #expect(json["exact"] == false)
        #expect(json["compared"] == .int(verdict.compared))
        #expect(
            json["different"]
                == [["object": "container foo_app_1", "field": "Config.Hostname", "captured": "other", "found": "app"]])
        #expect(json["allowed"] == [])
    }
}
