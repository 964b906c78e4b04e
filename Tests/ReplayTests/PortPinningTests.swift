// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import JSONTree
import Testing

@testable import Replay

/// Trap N-15.
@Suite struct PortPinningTests {
    private static let observed: JSONValue = [
        "80/tcp": [["HostIp": "0.0.0.0", "HostPort": "32768"], ["HostIp": "127.0.0.1", "HostPort": "32770"]],
        "53/udp": nil,
    ]

    @Test(arguments: [
        ("", "", "32768"), ("", "0", "32768"), ("", "32000-33000", "32768"), ("", "8080", "8080"),
        ("127.0.0.1", "", "32770"), ("10.0.0.1", "", ""),
    ])
    func `a port that the engine chose is asked for, one that was asked for stays`(
        _ address: String, _ asked: String, _ expected: String
    ) {
        let binding: JSONValue = ["HostIp": .string(address), "HostPort": .string(asked)]
        let pinned = Self.pin(["80/tcp": [binding]])
        #expect(pinned == ["80/tcp": [["HostIp": .string(address), "HostPort": .string(expected)]]])
    }

    @Test func `what was not published at capture stays as it was asked for`() {
        #expect(Self.pin(["53/udp": [["HostPort": ""]]]) == ["53/udp": [["HostPort": ""]]])
        #expect(Self.pin(["99/tcp": [["HostPort": ""]]]) == ["99/tcp": [["HostPort": ""]]])
        #expect(Self.pin(nil) == nil)
        #expect(Self.pin([:]) == [:])
    }

    @Test func `where all ports were published, those that the engine chose are asked for`() {
        let observed: JSONValue = [
            "80/tcp": [
                ["HostIp": "0.0.0.0", "HostPort": "32768"], ["HostIp": "::", "HostPort": "32768"],
                ["HostIp": "::", "HostPort": "32769"],
            ],
            "81/tcp": [["HostIp": "", "HostPort": ""]], "443/tcp": [["HostPort": "8443"]], "53/udp": nil,
        ]
        let container = Sample.container(host: ["PublishAllPorts": true], ports: observed)
        let asked: JSONValue = ["443/tcp": [["HostIp": "127.0.0.1", "HostPort": "8443"]]]
        #expect(
            PortPinning(container: container).addingPublished(to: asked) == [
                "443/tcp": [["HostIp": "127.0.0.1", "HostPort": "8443"]],
                "80/tcp": [["HostIp": "", "HostPort": "32768"], ["HostIp": "", "HostPort": "32769"]],
            ])
        #expect(PortPinning(container: container).addingPublished(to: nil)["80/tcp"].array?.count == 2)
    }

    @Test(arguments: [["PublishAllPorts": false], [:]] as [JSONValue])
    func `where only some ports were published, none is added`(_ host: JSONValue) {
        let container = Sample.container(host: host, ports: Self.observed)
        #expect(PortPinning(container: container).addingPublished(to: nil) == nil)
        #expect(PortPinning(container: container).addingPublished(to: ["1/tcp": []]) == ["1/tcp": []])
    }

    private static func pin(_ bindings: JSONValue) -> JSONValue {
        PortPinning(container: Sample.container(ports: observed)).pinning(bindings)
    }
}
