// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import JSONTree
import Testing

@testable import Replay

@Suite struct HostConfigRecipeTests {
    /// Trap C-07.
    @Test func `references to containers get the new ids and keep their form`() throws {
        let host: JSONValue = [
            "NetworkMode": .string("container:" + Sample.donor), "IpcMode": .string("container:" + Sample.donor),
            "PidMode": "container:by-name",
            "VolumesFrom": [.string(Sample.donor + ":ro"), "by-name", .string(Sample.donor)],
        ]
        let sent = try Self.sent(host, ids: [Sample.donor: "new"])
        #expect(sent["NetworkMode"] == "container:new")
        #expect(sent["IpcMode"] == "container:new")
        #expect(sent["PidMode"] == "container:by-name")
        #expect(sent["VolumesFrom"] == ["new:ro", "by-name", "new"])
    }

    @Test(arguments: [
        ("foo_net", "foo_net"), (Sample.networkID, "foo_net"), ("default", "default"), ("host", "host"),
        ("none", "none"),
    ])
    func `a network is asked for by its name`(_ shown: String, _ sent: String) throws {
        #expect(try Self.sent(["NetworkMode": .string(shown)])["NetworkMode"] == .string(sent))
    }

    /// Trap C-22.
    @Test func `links lose the form in which they are shown`() throws {
        let sent = try Self.sent(["Links": ["/foo_db_1:/foo_app_1/db", "/foo_db_1:/foo_app_1/foo_db_1", "odd"]])
        #expect(sent["Links"] == ["foo_db_1:db", "foo_db_1:foo_db_1", "odd"])
    }

    /// Trap C-15.
    @Test(arguments: [
        ("always", false, "no"), ("on-failure", false, "no"), ("unless-stopped", false, "no"), ("no", false, "no"),
        ("", false, ""), ("always", true, "always"),
    ])
    func `a restart policy waits, unless the container removes itself`(
        _ name: String, _ removesItself: Bool, _ expected: String
    ) throws {
        let policy: JSONValue = ["Name": .string(name), "MaximumRetryCount": 3]
        let sent = try Self.sent(["RestartPolicy": policy, "AutoRemove": .bool(removesItself)])["RestartPolicy"]
        #expect(sent["Name"] == .string(expected))
        #expect(sent["MaximumRetryCount"] == (expected == "no" && name != "no" ? 0 : 3))
    }

    @Test(
        arguments: [
            ("runc", "runc", "runc", "runc"), ("runc", "runc", "wrapper", nil), ("crun", "runc", "wrapper", "crun"),
            ("crun", "runc", "runc", "crun"),
        ] as [(String, String, String, String?)])
    func `a runtime that was the default becomes the new engine's default`(
        _ shown: String, _ capturedDefault: String, _ targetDefault: String, _ expected: String?
    ) throws {
        let context = try Sample.context(
            api: 45, engine: Sample.engine(runtime: capturedDefault), target: ["DefaultRuntime": .string(targetDefault)]
        )
        let container = Sample.container(host: ["Runtime": .string(shown)])
        #expect(HostConfigRecipe(container: container, context: context).body["Runtime"].string == expected)
    }

    /// Trap C-11.
    @Test func `paths that the engine masks by itself are left to the new one, others were asked for`() throws {
        let masked: JSONValue = [
            "/proc/asound", "/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
            "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap",
        ]
        let readOnly: JSONValue = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]
        for (key, list) in [("MaskedPaths", masked), ("ReadonlyPaths", readOnly)] {
            #expect(try Self.sent([key: list]).object?[key] == nil)
            #expect(try Self.sent([key: ["/proc/kcore"]])[key] == ["/proc/kcore"])
            #expect(try Self.sent([key: []])[key] == [])
            #expect(try Self.sent([key: nil]).object?[key] == .null)
        }
    }

    @Test func `bind sources move where the replay put them, and nothing else does`() throws {
        let host: JSONValue = [
            "Binds": ["/srv/foo:/foo:ro,z", "/srv/foobar:/x", "named:/data:rw", "/srv/foo/:/slash"],
            "Mounts": [
                ["Type": "bind", "Source": "/srv/foo", "Target": "/t", "BindOptions": ["Propagation": "rshared"]],
                ["Type": "volume", "Source": "/srv/foo", "Target": "/v"],
            ],
        ]
        let sent = try Self.sent(host, moved: ["/srv/foo": "/replays/r/srv/foo"])
        #expect(
            sent["Binds"]
                == ["/replays/r/srv/foo:/foo:ro,z", "/srv/foobar:/x", "named:/data:rw", "/replays/r/srv/foo:/slash"])
        #expect(
            sent["Mounts"] == [
                [
                    "Type": "bind", "Source": "/replays/r/srv/foo", "Target": "/t",
                    "BindOptions": ["Propagation": "rshared"],
                ],
                ["Type": "volume", "Source": "/srv/foo", "Target": "/v"],
            ])
    }

    @Test func `a field that only API 1_40 takes is dropped`() throws {
        #expect(try Self.sent(["Capabilities": ["X"], "CapAdd": ["Y"]])["CapAdd"] == ["Y"])
        #expect(try Self.sent(["Capabilities": ["X"]]).object?["Capabilities"] == nil)
    }

    private static func sent(_ host: JSONValue, ids: [String: String] = [:], moved: [String: String] = [:]) throws
        -> JSONValue
    {
        let context = try Sample.context(api: 45, ids: ids, moved: moved)
        return HostConfigRecipe(container: Sample.container(host: host), context: context).body
    }
}
