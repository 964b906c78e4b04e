// SPDX-License-Identifier: Apache-2.0

import JSONTree
import Testing

@testable import Provisioning

@Suite struct ProjectOrderTests {
    private typealias Step = ProjectOrder.Step

    private static func service(_ name: String, _ tree: JSONValue = [:]) -> ComposeService {
        ComposeService(name: name, tree)
    }

    private static func member(
        _ host: String, _ address: String, _ services: [ComposeService], after dependencies: [String] = []
    ) -> ProjectOrder.Member {
        .init(host: host, addresses: [address], names: [host], dependencies: dependencies, services: services)
    }

    private static func stages(_ members: [ProjectOrder.Member]) -> [[Step]] { ProjectOrder(members).stages() }

    @Test func `projects that need nothing of each other come up side by side`() {
        let stages = Self.stages([
            Self.member("a", "10.0.0.1", [Self.service("web")]), Self.member("b", "10.0.0.2", [Self.service("db")]),
        ])
        #expect(stages == [[Step(host: "a", services: nil), Step(host: "b", services: nil)]])
    }

    @Test(
        arguments: [
            ["extra_hosts": ["db:10.0.0.2"]], ["extra_hosts": ["db": "10.0.0.2"]], ["extra_hosts": ["db=10.0.0.2"]],
            ["environment": ["URL": "postgres://app@10.0.0.2:5432/x"]], ["environment": ["URL=tcp://10.0.0.2:5432"]],
            ["command": "nc -z 10.0.0.2 5432"], ["entrypoint": ["nc", "10.0.0.2"]], ["environment": ["PEER": "b"]],
        ] as [JSONValue])
    func `a project comes after the host that one of its services names`(_ tree: JSONValue) {
        let stages = Self.stages([
            Self.member("a", "10.0.0.1", [Self.service("web", tree)]),
            Self.member("b", "10.0.0.2", [Self.service("db")]),
        ])
        #expect(stages == [[Step(host: "b", services: nil)], [Step(host: "a", services: nil)]])
    }

    @Test(
        arguments: [
            ["environment": ["URL": "tcp://10.0.0.22:1"]], ["environment": ["PEER": "bb"]],
            ["extra_hosts": ["b:10.0.0.9"]],
            // The name is its own service's.
            ["environment": ["PEER": "own"]],
        ] as [JSONValue])
    func `what only looks like another host's address or name is none`(_ tree: JSONValue) {
        let stages = Self.stages([
            Self.member("a", "10.0.0.1", [Self.service("web", tree), Self.service("own")]),
            Self.member("b", "10.0.0.2", [Self.service("db")]), Self.member("own", "10.0.0.3", [Self.service("db")]),
        ])
        #expect(stages.count == 1)
    }

    @Test func `what the outer project says counts too, over several steps`() {
        let stages = Self.stages([
            Self.member("a", "10.0.0.1", [Self.service("web")], after: ["b"]),
            Self.member("b", "10.0.0.2", [Self.service("db", ["extra_hosts": ["c:10.0.0.3"]])]),
            Self.member("c", "10.0.0.3", [Self.service("store")]),
            Self.member("d", "10.0.0.4", [Self.service("log")]),
        ])
        #expect(
            stages == [
                [Step(host: "c", services: nil), Step(host: "d", services: nil)], [Step(host: "b", services: nil)],
                [Step(host: "a", services: nil)],
            ])
    }

    @Test func `in a circle those services come first that need no other host`() {
        let stages = Self.stages([
            Self.member(
                "corge", "10.0.0.1",
                [
                    Self.service("postgres"), Self.service("app", ["extra_hosts": ["redis:10.0.0.2"]]),
                    Self.service("page", ["depends_on": ["app"]]),
                ]),
            Self.member(
                "grault", "10.0.0.2",
                [Self.service("redis"), Self.service("app", ["extra_hosts": ["postgres:10.0.0.1"]])]),
            Self.member("last", "10.0.0.3", [Self.service("x", ["extra_hosts": ["y:10.0.0.1"]])]),
        ])
        #expect(
            stages == [
                [Step(host: "corge", services: ["postgres"]), Step(host: "grault", services: ["redis"])],
                [Step(host: "corge", services: nil), Step(host: "grault", services: nil)],
                [Step(host: "last", services: nil)],
            ])
    }

    @Test func `a circle of which every service needs another host comes up at once`() {
        let stages = Self.stages([
            Self.member("a", "10.0.0.1", [Self.service("x", ["extra_hosts": ["b:10.0.0.2"]])]),
            Self.member("b", "10.0.0.2", [Self.service("x", ["extra_hosts": ["a:10.0.0.1"]])]),
        ])
        #expect(stages == [[Step(host: "a", services: nil), Step(host: "b", services: nil)]])
    }
}
