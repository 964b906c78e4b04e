// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import JSONTree
import Testing

@testable import Replay

@Suite struct AddressBlockTests {
    @Test(arguments: [
        ("10.81.82.0/24", "10.81.82.0/24"), ("10.81.82.1", "10.81.82.1/32"), ("0.0.0.0/0", "0.0.0.0/0"),
        ("fd00::/64", "fd00::/64"), ("FD00:0:0::1", "fd00::1/128"), ("::ffff:10.0.0.1/96", "::ffff:10.0.0.1/96"),
    ])
    func `an address is read and written`(_ text: String, _ expected: String) {
        #expect(AddressBlock(text)?.description == expected)
    }

    @Test(arguments: [
        "", "/24", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0/8", "10.0.0.256/8", "10.0.0.0/8/8", "fd00::/129",
        "fd00::zz/64", "ten/8", "10.0.0.0/a",
    ])
    func `what is no block is refused`(_ text: String) { #expect(AddressBlock(text) == nil) }

    @Test(arguments: [
        ("10.81.82.77/24", "10.81.82.0/24"), ("10.81.82.77/32", "10.81.82.77/32"), ("10.81.82.77/0", "0.0.0.0/0"),
        ("10.81.82.77/20", "10.81.80.0/20"), ("10.255.255.255/9", "10.128.0.0/9"),
        ("fd00:1:2:3:4::5/64", "fd00:1:2:3::/64"),
        ("fd00:ffff::/17", "fd00:8000::/17"),
    ])
    func `bits of hosts are masked`(_ text: String, _ expected: String) {
        #expect(AddressBlock(text)?.masked.description == expected)
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.81.82.0/24", true), ("10.81.82.0/24", "10.81.83.0/24", false),
        ("10.81.82.0/23", "10.81.83.0/24", true), ("10.81.82.5/32", "10.81.82.0/24", true),
        ("0.0.0.0/0", "192.168.0.0/16", true), ("fd00::/64", "fd00::1/128", true),
        ("fd00::/64", "fd00:0:0:1::/64", false),
        ("0.0.0.0/0", "::/0", false), ("10.81.82.7/24", "10.81.82.200/25", true),
    ])
    func `blocks overlap where they share an address`(_ left: String, _ right: String, _ expected: Bool) throws {
        let (left, right) = (try #require(AddressBlock(left)), try #require(AddressBlock(right)))
        #expect(left.overlaps(right) == expected)
        #expect(right.overlaps(left) == expected)
    }

    @Test func `the first address for a host follows the network's`() {
        #expect(AddressBlock("100.127.255.9/28")?.firstHost.description == "100.127.255.1/28")
        #expect(AddressBlock("fd00::/64")?.firstHost.description == "fd00::1/64")
    }

    @Test func `the kernel's table of routes is read`() {
        let table = """
            Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
            eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0
            eth0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
            br-x\t0052510A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
            tun0\t0500A8C0\t00000000\t0005\t0\t0\t0\tFFFFFFFF\t0\t0\t0
            broken line
            """
        #expect(
            AddressBlock.routes(in: table).map(\.description)
                == ["0.0.0.0/0", "172.17.0.0/16", "10.81.82.0/24", "192.168.0.5/32"])
        #expect(AddressBlock.routes(in: "").isEmpty)
    }
}
