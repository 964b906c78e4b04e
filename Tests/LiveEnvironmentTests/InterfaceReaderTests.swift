// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import Foundation
import JSONTree
import TestSupport
import Testing

@testable import LiveEnvironment

/// Trap N-07.
@Suite struct InterfaceReaderTests {
    /// What `cat /proc/net/route` shows in a container with two networks.
    private static let routes = """
        Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
        eth1\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
        eth0\t0000A8C0\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
        """

    @Test func `interfaces come with their addresses and the default route`() {
        let records = InterfaceReader.records(
            [("eth0", "02:42:0a:00:00:02\n"), ("eth1", "02:42:c0:a8:01:02\n"), ("lo", "00:00:00:00:00:00\n")],
            routes: Self.routes)
        #expect(
            records == [
                InterfaceRecord(name: "eth0", macAddress: "02:42:0a:00:00:02", hasDefaultRoute: false),
                InterfaceRecord(name: "eth1", macAddress: "02:42:c0:a8:01:02", hasDefaultRoute: true),
            ])
    }

    @Test(arguments: ["", "Iface\tDestination", "Iface\nx"]) func `without a route none is the default`(_ text: String)
    {
        let records = InterfaceReader.records([("eth0", "a")], routes: text)
        #expect(records == [InterfaceRecord(name: "eth0", macAddress: "a", hasDefaultRoute: false)])
    }

    /// The number of a process in another PID namespace is another process here.
    @Test func `a process is only taken for the container's when its control group says so`() async throws {
        let groups = try String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8)
        let processes = ContainerProcess(paths: .outermost, access: LocalDataAccess())
        func folder(id: String, pid: JSONValue) async throws -> String? {
            let inspect: JSONValue = ["Id": .string(id), "Name": "/c", "State": ["Pid": pid]]
            return try await processes.folder(of: ContainerRecord(inspect: inspect))
        }
        let pid = JSONValue.int(Int(getpid()))
        #expect(try await folder(id: String(repeating: "a", count: 64), pid: pid) == nil)
        #expect(try await folder(id: "", pid: pid) == nil)
        #expect(try await folder(id: "x", pid: 0) == nil)
        #expect(try await folder(id: "x", pid: .null) == nil)
        // What a container's group would hold is its id; of this process it holds at least a slash.
        if groups.contains("/") { #expect(try await folder(id: "/", pid: pid) == "/proc/\(getpid())") }
    }
}
