// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import JSONTree
import LiveEnvironment
import TestSupport

@testable import Replay

extension Sample {
    static func site(_ engine: FakeEngine, path: EnginePath = .outermost) async throws -> Site {
        Site(engine: try await engine.connect(), path: path, paths: .outermost)
    }

    /// A container that was made again under the id `new-ID`.
    static func restored(
        _ id: String, at site: Site, state: JSONValue = ["Status": "running"], host: JSONValue = [:],
        bridge address: String? = nil, config: JSONValue = [:], inner: EngineRecord? = nil
    ) -> RestoredContainer {
        let networks: JSONValue = address.map { ["bridge": ["IPAddress": .string($0)]] } ?? [:]
        let captured = ContainerRecord(
            inspect: [
                "Id": .string(id), "Name": .string("/name-" + id), "State": state, "HostConfig": host,
                "Config": config, "NetworkSettings": ["Networks": networks],
            ], engine: inner)
        return RestoredContainer(
            captured: captured, id: "new-" + id, site: site, imageID: "", lateConnections: [], warnings: [])
    }
}
