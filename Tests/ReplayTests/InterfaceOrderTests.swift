// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import JSONTree
import Testing

@testable import Replay

/// Trap N-07.
@Suite struct InterfaceOrderTests {
    /// A container whose interfaces are numbered in the order in which its networks are given.
    private static func container(_ networks: String...) -> ContainerRecord {
        var endpoints = JSONObject()
        var interfaces: [InterfaceRecord] = []
        for (index, name) in networks.enumerated() {
            let address = "02:42:0a:00:0\(index):02"
            endpoints[name] = ["MacAddress": .string(address), "IPAddress": .string("10.0.\(index).2")]
            interfaces.append(
                InterfaceRecord(name: "eth\(index)", macAddress: address, hasDefaultRoute: name == networks.min()))
        }
        var container = Sample.container(host: ["NetworkMode": .string(networks[0])], networks: .object(endpoints))
        container.interfaces = interfaces.reversed()
        return container
    }

    private static func order(_ container: ContainerRecord, primary: String, api: Int) throws -> InterfaceOrder {
        InterfaceOrder(container: container, primary: primary, context: try Sample.context(api: api))
    }

    @Test(arguments: [41, 45]) func `the engine's own order needs nothing`(_ api: Int) throws {
        let container = Self.container("a", "b", "c")
        #expect(try Self.order(container, primary: "a", api: api).joinedAfterStart == [])
        // The network it was made with need not be the first.
        #expect(try Self.order(container, primary: "b", api: api).joinedAfterStart == [])
    }

    @Test(arguments: [41, 45]) func `networks that were joined while it ran are joined so again`(_ api: Int) throws {
        #expect(try Self.order(Self.container("b", "a", "c"), primary: "b", api: api).joinedAfterStart == ["a", "c"])
        #expect(try Self.order(Self.container("a", "c", "b"), primary: "a", api: api).joinedAfterStart == ["b"])
        #expect(try Self.order(Self.container("c", "b"), primary: "c", api: api).joinedAfterStart == ["b"])
    }

    @Test func `the network it is made with cannot be joined later`() throws {
        #expect(try Self.order(Self.container("y", "x"), primary: "x", api: 41).joinedAfterStart == [])
    }

    @Test func `what is joined later is not joined before`() throws {
        let container = Self.container("y", "x")
        for api in [41, 45] {
            let recipe = EndpointRecipe(container: container, context: try Sample.context(api: api))
            #expect(recipe.atCreation?.object?.keys == ["y"])
            #expect(recipe.afterCreation.isEmpty)
            #expect(recipe.afterStart.map(\.network) == ["x"])
        }
    }

    @Test func `engines from 28 on get names and the default route`() throws {
        let recipe = EndpointRecipe(container: Self.container("y", "x"), context: try Sample.context(api: 48))
        #expect(recipe.afterStart.isEmpty)
        let endpoints = try #require(recipe.atCreation)
        #expect(endpoints["y"]["DriverOpts"] == ["com.docker.network.endpoint.ifname": "eth0"])
        #expect(endpoints["x"]["DriverOpts"] == ["com.docker.network.endpoint.ifname": "eth1"])
        #expect(endpoints["x"]["GwPriority"] == 1)
        #expect(endpoints["y"]["GwPriority"] == 0)
    }

    /// Trap N-18.
    @Test(arguments: [45, 48]) func `settings of an interface go to its endpoint where the engine wants them there`(
        _ api: Int
    ) throws {
        var container = Self.container("y", "x")
        container.inspect =
            ContainerRecord(
                inspect: [
                    "Id": .string(Sample.id), "Name": "/c", "Image": "sha256:without", "Config": [:],
                    "State": ["Status": "running"],
                    "HostConfig": [
                        "NetworkMode": "y",
                        "Sysctls": [
                            "net.ipv4.conf.eth1.proxy_arp": "1", "net.ipv4.conf.eth1.forwarding": "0",
                            "net.ipv4.conf.all.proxy_arp": "1", "net.ipv4.ip_forward": "1",
                        ],
                    ], "NetworkSettings": container.inspect["NetworkSettings"],
                ]
            ).inspect
        let body = Sample.body(container, try Sample.context(api: api))
        let sysctls = try #require(body["HostConfig"]["Sysctls"].object)
        let endpoint = body["NetworkingConfig"]["EndpointsConfig"]["x"]["DriverOpts"]
        let option = endpoint["com.docker.network.endpoint.sysctls"].string
        if api < 48 {
            #expect(sysctls.count == 4)
            #expect(option == nil)
        } else {
            #expect(Set(sysctls.keys) == ["net.ipv4.conf.all.proxy_arp", "net.ipv4.ip_forward"])
            #expect(option == "net.ipv4.conf.IFNAME.forwarding=0,net.ipv4.conf.IFNAME.proxy_arp=1")
        }
    }

    @Test func `the tenth interface comes after the second`() throws {
        let networks = (0...10).map { "n" + String(UnicodeScalar(UInt8(97 + $0))) }
        var endpoints = JSONObject()
        var interfaces: [InterfaceRecord] = []
        for (index, name) in networks.enumerated() {
            endpoints[name] = ["MacAddress": .string("m\(index)")]
            interfaces.append(
                InterfaceRecord(name: "eth\(index)", macAddress: "m\(index)", hasDefaultRoute: index == 0))
        }
        var container = Sample.container(networks: .object(endpoints))
        container.interfaces = interfaces.sorted { $0.name < $1.name }
        #expect(try Self.order(container, primary: "na", api: 45).joinedAfterStart == [])
    }
}
