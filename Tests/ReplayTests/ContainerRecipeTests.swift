// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import JSONTree
import Testing

@testable import Replay

@Suite struct ContainerRecipeTests {
    @Test func `what was shown is sent, also what this program does not know`() throws {
        let config: JSONValue = [
            "Hostname": "app", "Env": ["A=1", "A=2", "FOO"], "Cmd": ["sh"], "Labels": ["a": "b"],
            "SomethingNew": [1, 2],
            "Healthcheck": ["Test": ["NONE"], "Interval": 7_000_000_000], "Volumes": ["/v": [:]],
        ]
        let host: JSONValue = ["Memory": 5, "Ulimits": [["Name": "nofile", "Soft": 1]], "NewLimit": "x"]
        let body = try Sample.body(Sample.container(config: config, host: host), Sample.context(api: 41))
        for key in config.object?.keys ?? [] { #expect(body[key] == config[key], "\(key)") }
        for key in host.object?.keys ?? [] { #expect(body["HostConfig"][key] == host[key], "\(key)") }
    }

    /// Trap C-01: null asks for the image's entry point.
    @Test(
        arguments: [
            (nil, "sha256:with", [""]), ([], "sha256:with", [""]), (nil, "sha256:without", nil),
            (["/mine"], "sha256:with", ["/mine"]), (nil, "sha256:unknown", nil),
        ] as [(JSONValue, String, JSONValue)])
    func `an entry point that was reset is reset again`(_ shown: JSONValue, _ image: String, _ sent: JSONValue) throws {
        let container = Sample.container(config: ["Entrypoint": shown], image: image)
        #expect(try Sample.body(container, Sample.context(api: 45))["Entrypoint"] == sent)
    }

    /// Trap C-04: the engine refuses these beside `container:`.
    @Test func `a container in another's network sends nothing that it got from there`() throws {
        let container = Sample.container(
            config: [
                "Hostname": "donor", "Domainname": "d", "ExposedPorts": ["80/tcp": [:]],
                "MacAddress": "02:42:00:00:00:01",
                "User": "root",
            ],
            host: [
                "NetworkMode": .string("container:" + Sample.donor), "PortBindings": ["80/tcp": [["HostPort": "1"]]],
            ])
        let body = try Sample.body(container, Sample.context(api: 41, ids: [Sample.donor: "new"]))
        for key in ["Hostname", "Domainname", "ExposedPorts", "MacAddress", "NetworkingConfig"] {
            #expect(body.object?[key] == nil, "\(key)")
        }
        #expect(body["User"] == "root")
        #expect(body["HostConfig"]["NetworkMode"] == "container:new")
        #expect(body["HostConfig"]["PortBindings"] == [:])
    }

    /// Trap C-05.
    @Test(
        arguments: [
            ("host", "", "machine", nil), ("host", "", "chosen", "chosen"), ("foo_net", "host", "machine", nil),
            ("foo_net", "host", "chosen", nil), ("foo_net", "", "machine", "machine"),
        ] as [(String, String, String, String?)])
    func `the machine's name is not pinned`(_ network: String, _ uts: String, _ shown: String, _ sent: String?) throws {
        let container = Sample.container(
            config: ["Hostname": .string(shown)], host: ["NetworkMode": .string(network), "UTSMode": .string(uts)])
        #expect(try Sample.body(container, Sample.context(api: 45))["Hostname"].string == sent)
    }

    /// Trap N-05: a 400 from API 1.52 on, a warning from 1.44 on.
    @Test(arguments: [(43, true), (44, false), (52, false)])
    func `the container-wide MAC address is sent to old engines only`(_ api: Int, _ isSent: Bool) throws {
        let container = Sample.container(config: ["MacAddress": "02:42:0a:51:52:64"])
        let body = try Sample.body(container, Sample.context(api: api))
        #expect((body.object?["MacAddress"] != nil) == isSent)
    }
}
