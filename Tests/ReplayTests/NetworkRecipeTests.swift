// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import JSONTree
import Testing

@testable import Replay

@Suite struct NetworkRecipeTests {
    @Test func `everything that can be asked for is asked for again`() {
        let inspect: JSONValue = [
            "Name": "foo_net", "Id": "x", "Created": "y", "Scope": "local", "Driver": "bridge", "Internal": true,
            "Attachable": false, "Ingress": false, "EnableIPv6": false,
            "Options": ["com.docker.network.bridge.name": "br"],
            "Labels": ["com.docker.compose.network": "net"], "Containers": ["a": [:]],
            "IPAM": [
                "Driver": "default", "Options": ["o": "1"],
                "Config": [
                    ["Subnet": "10.81.82.0/24", "Gateway": "10.81.82.1", "AuxiliaryAddresses": ["r": "10.81.82.9"]]
                ],
            ],
        ]
        #expect(
            Self.body(inspect) == [
                "Name": "foo_net", "CheckDuplicate": true, "Driver": "bridge", "Internal": true, "Attachable": false,
                "Ingress": false, "EnableIPv6": false, "Options": ["com.docker.network.bridge.name": "br"],
                "Labels": ["com.docker.compose.network": "net"],
                "IPAM": [
                    "Driver": "default", "Options": ["o": "1"],
                    "Config": [
                        ["Subnet": "10.81.82.0/24", "Gateway": "10.81.82.1", "AuxiliaryAddresses": ["r": "10.81.82.9"]]
                    ],
                ],
            ])
    }

    @Test func `an observed subnet without a gateway stays without one`() {
        let body = Self.body(["Name": "n", "IPAM": ["Config": [["Subnet": "10.1.0.0/16"]]]])
        #expect(body["IPAM"] == ["Driver": "default", "Config": [["Subnet": "10.1.0.0/16"]]])
    }

    /// Engine 20.10 took these; newer ones answer 400.
    @Test(arguments: [
        ("10.234.2.7/24", "10.234.2.0/24"), ("fd00:1::5/64", "fd00:1::/64"), ("10.0.0.0/8", "10.0.0.0/8"),
        ("strange", "strange"),
    ])
    func `host bits of a subnet are masked`(_ subnet: String, _ expected: String) {
        let body = Self.body([
            "Name": "n", "IPAM": ["Config": [["Subnet": .string(subnet), "IPRange": .string(subnet)]]],
        ])
        #expect(body["IPAM"]["Config"][0] == ["Subnet": .string(expected), "IPRange": .string(expected)])
    }

    @Test func `a gateway loses its prefix length`() {
        let body = Self.body(["Name": "n", "IPAM": ["Config": [["Subnet": "fd00::/64", "Gateway": "fd00::1/64"]]]])
        #expect(body["IPAM"]["Config"][0]["Gateway"] == "fd00::1")
    }

    @Test(arguments: [(47, false), (48, true)]) func `IPv4 is switched off only where the engine knows how`(
        _ api: Int, _ isSent: Bool
    ) {
        let body = Self.body(["Name": "n", "EnableIPv4": false], api: api)
        #expect(body.object?["EnableIPv4"] == (isSent ? false : nil))
        #expect(Self.body(["Name": "n", "EnableIPv4": true], api: api).object?["EnableIPv4"] == nil)
    }

    @Test func `networks of configuration keep their role`() {
        #expect(Self.body(["Name": "n", "ConfigOnly": true])["ConfigOnly"] == true)
        #expect(Self.body(["Name": "n", "ConfigFrom": ["Network": "c"]])["ConfigFrom"] == ["Network": "c"])
        let plain = Self.body(["Name": "n", "ConfigOnly": false, "ConfigFrom": ["Network": ""]])
        #expect(plain.object?["ConfigFrom"] == nil)
    }

    private static func body(_ inspect: JSONValue, api: Int = 45) -> JSONValue {
        NetworkRecipe(network: NetworkRecord(inspect: inspect), targetAPIMinor: api).body
    }
}
