// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import Hashing
import JSONTree
import OCI

@testable import Replay

enum Sample {
    static let id = String(repeating: "c0", count: 32)
    static let donor = String(repeating: "d0", count: 32)
    static let networkID = String(repeating: "e0", count: 32)

    static func digest(_ text: String) throws -> Digest { try SHA256Hasher.digest(of: Array(text.utf8)) }

    /// An engine with two networks and an image that has an entry point.
    static func engine(runtime: String = "runc") throws -> EngineRecord {
        var engine = EngineRecord(
            version: ["Version": "20.10.24"], info: ["Name": "machine", "DefaultRuntime": .string(runtime)],
            apiVersion: "1.41")
        engine.networks = [
            NetworkRecord(inspect: ["Id": .string(networkID), "Name": "foo_net"]),
            NetworkRecord(inspect: ["Id": "b", "Name": "bridge"]),
        ]
        engine.images = [
            ImageRecord(
                id: "sha256:with", config: try digest("with"), layers: [], tags: ["with:1"],
                inspect: ["Config": ["Entrypoint": ["/entry"]]]),
            ImageRecord(
                id: "sha256:without", config: try digest("without"), layers: [], tags: [],
                inspect: ["Config": ["Entrypoint": nil]]),
        ]
        return engine
    }

    static func context(
        api: Int, engine: EngineRecord? = nil, target: JSONValue = ["DefaultRuntime": "runc"],
        ids: [String: String] = [:], moved: [String: String] = [:]
    ) throws -> RecipeContext {
        RecipeContext(
            captured: try engine ?? self.engine(), targetInfo: target, targetAPIMinor: api,
            hasRandomAddresses: api >= 48, containerIDs: ids, movedSources: moved)
    }

    static func container(
        config: JSONValue = [:], host: JSONValue = [:], networks: JSONValue = [:], ports: JSONValue = [:],
        image: String = "sha256:without"
    ) -> ContainerRecord {
        ContainerRecord(inspect: [
            "Id": .string(id), "Name": "/foo_app_1", "Image": .string(image), "State": ["Status": "running"],
            "Config": config, "HostConfig": host, "NetworkSettings": ["Networks": networks, "Ports": ports],
        ])
    }

    static func body(_ container: ContainerRecord, _ context: RecipeContext) -> JSONValue {
        ContainerRecipe(container: container, context: context).body
    }
}
