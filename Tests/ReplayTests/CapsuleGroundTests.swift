// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import JSONTree
import OCI
import Testing

@testable import Replay

@Suite struct CapsuleGroundTests {
    private func document() throws -> EnvironmentDocument { try PowerCase.host([:]).document() }

    private func isSame(_ change: (inout EnvironmentDocument) throws -> Void) throws -> Bool {
        var other = try document()
        try change(&other)
        return CapsuleGround(try document(), capsuleImage: nil) == CapsuleGround(other, capsuleImage: nil)
    }

    @Test func `what is made inside does not matter to the capsule`() throws {
        #expect(
            try isSame { other in
                other.engine.containers.removeLast()
                other.engine.networks.append(NetworkRecord(inspect: Self.network("10.0.0.0/24")))
                other.trees[0].data = DataArchive(
                    digest: try Sample.digest("other"), size: 1, entries: 1, contentBytes: 1)
            })
    }

    @Test func `what the capsule is made by does`() throws {
        #expect(try !isSame { $0.trees.removeLast() })
        #expect(try !isSame { $0.trees[0].excluded = ["data"] })
        #expect(try !isSame { $0.project.workingDirectory = "/srv/other" })
        #expect(try !isSame { $0.engine.info = ["Name": "other"] })
        #expect(try !isSame { $0.engine.networks[1].inspect = ["Id": "b", "Name": "bridge", "Options": ["x": "y"]] })
        #expect(
            try !isSame { $0.engine.networks.append(NetworkRecord(inspect: Self.network("100.127.255.0/24"))) },
            "the capsule's own network may be there")
    }

    private static func network(_ subnet: String) -> JSONValue {
        ["Id": "n", "Name": "n", "IPAM": ["Config": [["Subnet": .string(subnet)]]]]
    }
}
