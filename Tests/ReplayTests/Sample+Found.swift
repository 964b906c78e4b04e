// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import JSONTree
import LiveEnvironment
import SystemPackage
import TestSupport

@testable import LiveEnvironment
@testable import Replay

extension Sample {
    /// An engine as it was found, with what is in its hosts.
    static func found(
        _ record: EngineRecord, by engine: FakeEngine? = nil, path: EnginePath = .outermost,
        nested: [String: ObservedEngine] = [:]
    ) async throws -> ObservedEngine {
        let engine = try engine ?? FakeEngine { _ in nil }
        return ObservedEngine(
            engine: try await engine.connect(), path: path, paths: .outermost, hostIDs: [], record: record,
            nested: nested)
    }

    /// A container with a writable layer in a folder.
    static func container(
        _ name: String, id: String? = nil, state: JSONValue = ["Status": "running"], layer: String = "/nowhere",
        network: String = "net", host: JSONValue = [:], mounts: JSONValue = [], labels: JSONValue = [:],
        inner: EngineRecord? = nil
    ) -> ContainerRecord {
        ContainerRecord(
            inspect: [
                "Id": .string(id ?? "id-" + name), "Name": .string("/" + name), "State": state, "HostConfig": host,
                "Config": ["Labels": labels], "Mounts": mounts,
                "NetworkSettings": ["Networks": .object(JSONObject([network: [:]]))],
                "GraphDriver": ["Name": "overlay2", "Data": ["UpperDir": .string(layer)]],
            ], engine: inner)
    }

    static func network(_ name: String, id: String? = nil, labels: JSONValue = [:]) -> NetworkRecord {
        NetworkRecord(inspect: [
            "Id": .string(id ?? "id-" + name), "Name": .string(name), "Driver": "bridge", "Labels": labels,
        ])
    }

    static func volume(_ name: String, driver: String = "local", labels: JSONValue = [:]) -> VolumeRecord {
        VolumeRecord(inspect: ["Name": .string(name), "Driver": .string(driver), "Labels": labels])
    }

    static func record(
        _ containers: [ContainerRecord], networks: [NetworkRecord] = [network("net")], volumes: [VolumeRecord] = []
    ) -> EngineRecord {
        var record = EngineRecord(version: [:], info: [:], apiVersion: "1.45")
        record.containers = containers
        record.networks = networks
        record.volumes = volumes
        return record
    }
}

extension StoreFixture {
    /// A restorer over what a replay has left in the fixture's folder.
    var trees: TreeRestorer {
        TreeRestorer(
            data: DataRestorer(library: library, access: LocalDataAccess()),
            stamps: FilePath(folder.path("stamps")), ground: .used)
    }
}
