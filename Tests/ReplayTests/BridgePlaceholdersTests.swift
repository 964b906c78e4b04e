// SPDX-License-Identifier: Apache-2.0

import JSONTree
import TestSupport
import Testing

@testable import Replay

@Suite(.timeLimit(.minutes(1))) struct BridgePlaceholdersTests {
    private static let removal = "DELETE /images/envsnap/placeholder:1"

    /// An engine whose bridge has members with these addresses; it makes `p1`, `p2` and so on.
    private static func engine(
        _ members: [String] = [], subnet: String = "172.17.0.0/16", gateway: String? = "172.17.0.1",
        failing line: String = ""
    ) throws -> FakeEngine {
        let made = Reports()
        var bridge: [String: JSONValue] = [:]
        for member in members { bridge[member] = ["IPv4Address": .string(member + "/16")] }
        let config: JSONValue = ["Subnet": .string(subnet), "Gateway": .optional(gateway)]
        let network: JSONValue = ["IPAM": ["Config": [config]], "Containers": .object(JSONObject(bridge))]
        return try FakeEngine { request in
            if request.line == line { return .failure(500, "out of order") }
            switch request.line {
            case "GET /networks/bridge": return .json(network)
            case "GET /info": return .json(["Architecture": "x86_64"])
            case "POST /images/create": return FakeAnswer(text: #"{"status":"sha256:1"}"#)
            case "POST /containers/create": return .json(["Id": .string("p\(made.add(request.path))")], status: 201)
            case removal: return .json([])
            default: return .done
            }
        }
    }

    private static func makeRoom(_ addresses: String?..., on engine: FakeEngine) async throws -> BridgePlaceholders {
        let placeholders = BridgePlaceholders()
        let site = try await Sample.site(engine)
        for address in addresses {
            try await placeholders.makeRoom(for: Sample.restored("c", at: site, bridge: address))
        }
        return placeholders
    }

    private static func count(_ line: String, on engine: FakeEngine) -> Int {
        engine.changes.count { $0.line == line }
    }

    @Test(
        arguments: [
            ("172.17.0.2", [], 0), ("172.17.0.3", [], 1), ("172.17.0.6", ["172.17.0.3"], 3),
            ("172.17.0.6", ["172.17.0.2", "172.17.0.3", "172.17.0.4", "172.17.0.5"], 0),
            ("172.17.0.4", ["172.17.0.9"], 2),
        ] as [(String, [String], Int)])
    func `just the free addresses below the wanted one are taken`(
        _ address: String, _ members: [String], _ count: Int
    ) async throws {
        let engine = try Self.engine(members)
        let placeholders = try await Self.makeRoom(address, on: engine)
        #expect(Self.count("POST /containers/create", on: engine) == count)
        #expect(engine.changes.count { $0.path.hasSuffix("/start") } == count)
        #expect(Self.count("POST /images/create", on: engine) == min(count, 1))
        let bodies = engine.changes.filter { $0.path == "/containers/create" }.map(\.json)
        #expect(bodies.allSatisfy { $0["HostConfig"]["NetworkMode"] == "bridge" })
        try await placeholders.removeAll()
    }

    @Test func `a gateway that is not told is the first address`() async throws {
        let engine = try Self.engine(gateway: nil)
        _ = try await Self.makeRoom("172.17.0.3", on: engine)
        #expect(Self.count("POST /containers/create", on: engine) == 1)
    }

    @Test func `the gateway's own address is not taken where it is another`() async throws {
        let engine = try Self.engine(gateway: "172.17.0.2")
        _ = try await Self.makeRoom("172.17.0.4", on: engine)
        #expect(Self.count("POST /containers/create", on: engine) == 2)
    }

    @Test(arguments: [nil, "10.1.0.9", "fd00::3", ""] as [String?])
    func `without an address on the bridge nothing is made`(_ address: String?) async throws {
        let engine = try Self.engine()
        _ = try await Self.makeRoom(address, on: engine)
        #expect(engine.changes.isEmpty)
    }

    @Test func `an address far off is not worth hundreds of containers`() async throws {
        let engine = try Self.engine()
        _ = try await Self.makeRoom("172.17.9.9", on: engine)
        #expect(Self.count("POST /containers/create", on: engine) < 256)
    }

    @Test func `all that was made is removed, the image last`() async throws {
        let engine = try Self.engine()
        let placeholders = try await Self.makeRoom("172.17.0.4", "172.17.0.3", on: engine)
        let made = engine.changes.count
        try await placeholders.removeAll()
        #expect(
            engine.changes.dropFirst(made).map(\.line)
                == ["DELETE /containers/p1", "DELETE /containers/p2", "DELETE /containers/p3", Self.removal])
        #expect(Self.count("POST /images/create", on: engine) == 1)
        try await placeholders.removeAll()
        #expect(engine.changes.count == made + 4)
    }

    @Test func `one that could not be started is removed too`() async throws {
        let engine = try Self.engine(failing: "POST /containers/p1/start")
        let placeholders = BridgePlaceholders()
        let container = Sample.restored("c", at: try await Sample.site(engine), bridge: "172.17.0.4")
        await #expect(throws: (any Error).self) { try await placeholders.makeRoom(for: container) }
        try await placeholders.removeAll()
        #expect(engine.changes.suffix(2).map(\.line) == ["DELETE /containers/p1", Self.removal])
    }
}
