// SPDX-License-Identifier: Apache-2.0

import DockerEngine
import EnvironmentModel
import JSONTree
import TestSupport

@testable import Capture
@testable import LiveEnvironment

enum Sample {
    typealias Mount = (type: String, source: String, destination: String, name: String?)

    /// A container whose writable layer lies in a folder, with more of its inspect answer.
    static func container(
        _ id: String, mounts: [Mount] = [], layer: String? = nil, driver: String = "overlay2",
        state: JSONValue = ["Status": "running"], host: JSONValue = [:]
    ) -> ContainerRecord {
        var data = JSONObject()
        if let layer {
            data["MergedDir"] = .string(layer + "/merged")
            data["UpperDir"] = .string(layer + "/diff")
        }
        let shown = mounts.map { mount in
            [
                "Type": .string(mount.type), "Source": .string(mount.source),
                "Destination": .string(mount.destination), "Name": .optional(mount.name),
            ] as JSONValue
        }
        return ContainerRecord(inspect: [
            "Id": .string(id), "Name": .string("/name-" + id), "State": state, "HostConfig": host,
            "GraphDriver": ["Name": .string(driver), "Data": .object(data)], "Mounts": .array(shown),
        ])
    }

    static func bind(_ source: String, _ destination: String) -> Mount { ("bind", source, destination, nil) }

    static func volume(
        _ name: String, at mountpoint: String, driver: String = "local", options: JSONValue = nil
    ) -> VolumeRecord {
        VolumeRecord(inspect: [
            "Name": .string(name), "Mountpoint": .string(mountpoint), "Driver": .string(driver), "Options": options,
        ])
    }

    static func record(
        _ containers: [ContainerRecord] = [], volumes: [VolumeRecord] = [], info: JSONValue = ["Driver": "overlay2"]
    ) -> EngineRecord {
        var record = EngineRecord(version: [:], info: info, apiVersion: "1.41")
        record.containers = containers
        record.volumes = volumes
        return record
    }

    /// An engine as it was found; what it is asked goes to `engine`, or nowhere.
    static func observed(
        _ record: EngineRecord, by engine: FakeEngine? = nil, path: EnginePath = .outermost,
        paths: PathMap = .outermost, hostIDs: [String] = [], nested: [String: ObservedEngine] = [:]
    ) async throws -> ObservedEngine {
        let engine = try engine ?? FakeEngine { _ in nil }
        return ObservedEngine(
            engine: try await engine.connect(), path: path, paths: paths, hostIDs: hostIDs, record: record,
            nested: nested)
    }

    /// An engine with another one in the first of its containers.
    static func observed(_ outer: EngineRecord, inside inner: EngineRecord) async throws -> ObservedEngine {
        let host = outer.containers[0]
        let nested = try await observed(
            inner, path: EnginePath(hosts: [host.name]), paths: PathMap.outermost.inside(host), hostIDs: [host.id])
        return try await observed(outer, nested: [host.id: nested])
    }

    static func project(_ folder: String, files: [String] = []) -> ProjectRecord {
        ProjectRecord(name: "foo", workingDirectory: folder, configFiles: files, composeVersion: nil)
    }

    static func plan(
        _ environment: ObservedEngine, project folder: String, store: String = "", excluding exclusions: [String] = []
    ) async throws -> CapturePlan {
        var request = CaptureRequest(project: project(folder))
        request.store = store
        request.exclusions = exclusions
        return try await CapturePlanner(request: request, environment: environment, access: LocalDataAccess()).plan()
    }
}

extension CapturePlan {
    /// The folders and files of the outermost machine.
    var trees: [Item] {
        items.filter { item in
            if case .tree = item.role { true } else { false }
        }
    }

    func item(_ path: String) -> Item? { items.first { $0.path == path } }

    func remark(_ object: String) -> Remark? { remarks.first { $0.object == object } }
}
