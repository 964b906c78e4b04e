// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import JSONTree
import Testing

@testable import Replay

@Suite struct PublicationTests {
    @Test func `a container, its port and a local one are read`() throws {
        let publication = try #require(Publication(parsing: "corge/foo-app:8080=18080"))
        #expect(publication.container == "corge/foo-app")
        #expect(publication.names == ["corge", "foo-app"])
        #expect(publication.port == 8080)
        #expect(publication.localPort == 18080)
        #expect(Publication(json: publication.json) == publication)
        #expect(Publication(parsing: "box:80=80")?.names == ["box"])
    }

    @Test(arguments: [
        "", "box", "box:80", "box=80", "box:80=", "box:=80", ":80=80", "box:0=80", "box:80=0", "box:80=65536",
        "box:x=80", "a//b:80=80", "/a:80=80", "box:-1=80",
    ])
    func `everything else is none`(_ text: String) {
        #expect(Publication(parsing: text) == nil)
    }

    private static func container(
        _ id: String, mode: String = "net", networks: JSONValue = [:], ports: JSONValue = [:]
    ) -> ContainerRecord {
        ContainerRecord(inspect: [
            "Id": .string(id), "Name": .string("/" + id), "State": ["Status": "running"],
            "HostConfig": ["NetworkMode": .string(mode)],
            "NetworkSettings": ["Networks": networks, "Ports": ports],
        ])
    }

    @Test func `the ports of a capsule are those that nothing takes`() {
        var engine = EngineRecord(version: [:], info: [:], apiVersion: "1.45")
        var host = Self.container("h", ports: ["80/tcp": [["HostPort": "61000"]]])
        var inner = engine
        inner.containers = [Self.container("c", ports: ["80/tcp": [["HostPort": "61002"]]])]
        host.engine = inner
        engine.containers = [host]
        let publications = ["a:1=1", "a:2=2"].compactMap(Publication.init(parsing:))
        #expect(publications.capsulePorts(avoiding: engine) == [61001, 61003])
    }

    @Test func `a container is reached at its address, its neighbour's, or its host's`() throws {
        let own = Self.container("a", networks: ["x": ["IPAddress": ""], "y": ["IPAddress": "172.18.0.2"]])
        let guest = Self.container("b", mode: "container:a")
        let shared = Self.container("c", mode: "host")
        let none = Self.container("d", mode: "none", networks: ["none": ["IPAddress": ""]])
        func target(_ container: ContainerRecord) throws -> PortForwarding.Target {
            try PortForwarding.target(container, among: [own, guest, shared, none], port: 80, named: "it")
        }
        #expect(try target(own) == .address("172.18.0.2", port: 80))
        #expect(try target(guest) == .address("172.18.0.2", port: 80))
        #expect(try target(shared) == .here(port: 80))
        let error = #expect(throws: ReplayError.self) { try target(none) }
        #expect(error?.message.contains("no IPv4 address") == true)
    }

    @Test func `rules are set once`() {
        let rules = PortForwarding.rules(for: .address("172.18.0.2", port: 80), 61000)
        #expect(rules.count == 3)
        #expect(rules.allSatisfy { $0.contains(" -C ") && $0.contains("|| iptables -w") })
        #expect(rules[0].contains("--dport 61000 -j DNAT --to-destination 172.18.0.2:80"))
        #expect(PortForwarding.rules(for: .here(port: 80), 61000)[0].contains("-j REDIRECT --to-ports 80"))
    }
}
