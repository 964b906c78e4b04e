// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import JSONTree
import Testing

@testable import Replay

@Suite struct SubnetChooserTests {
    @Test func `subnets are free, of 16 addresses, and never the same twice`() throws {
        var chooser = SubnetChooser(environment: try Sample.engine(), machine: [], routes: [])
        var chosen: [AddressBlock] = []
        for _ in 0..<4096 { chosen.append(try chooser.next()) }
        #expect(chosen.first?.description == "100.127.255.0/28")
        #expect(Set(chosen).count == 4096)
        #expect(chosen.allSatisfy { $0.prefixLength == 28 && $0.masked == $0 })
        let error = #expect(throws: ReplayError.self) { try chooser.next() }
        #expect(error?.code == .conflict)
    }

    @Test func `what the environment, the machine's networks and its routes use is left alone`() throws {
        var engine = try Sample.engine()
        var inner = try Sample.engine()
        inner.networks = [Self.network("100.127.255.32/28")]
        engine.networks = [Self.network("100.127.255.0/28")]
        engine.containers = [ContainerRecord(inspect: ["Id": "1", "Name": "/h"], engine: inner)]
        var chooser = SubnetChooser(
            environment: engine, machine: [Self.network("100.127.255.16/28").inspect],
            routes: [try #require(AddressBlock("100.127.255.48/30")), try #require(AddressBlock("0.0.0.0/0"))])
        #expect(try chooser.next().description == "100.127.255.64/28")
        #expect(try chooser.next().description == "100.127.255.80/28")
    }

    @Test func `networks without a subnet do not matter`() throws {
        var chooser = SubnetChooser(
            environment: try Sample.engine(),
            machine: [["IPAM": ["Config": []]], [:], ["IPAM": ["Config": [["Subnet": "x"]]]]],
            routes: [])
        #expect(try chooser.next().description == "100.127.255.0/28")
    }

    private static func network(_ subnet: String) -> NetworkRecord {
        NetworkRecord(inspect: ["Name": "n", "IPAM": ["Config": [["Subnet": .string(subnet)]]]])
    }
}
