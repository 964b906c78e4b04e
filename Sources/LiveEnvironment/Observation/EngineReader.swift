// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import EnvironmentModel
import JSONTree

/// Reads everything of one engine that belongs to the environment.
struct EngineReader {
    let engine: Engine
    let scope: Observer.Scope
    let path: EnginePath
    let paths: PathMap
    let hostIDs: [String]
    let access: (any DataAccess)?

    func read() async throws -> ObservedEngine {
        let info = try await engine.info()
        let record = EngineRecord(
            version: engine.version.value, info: info.value, apiVersion: engine.apiVersion.description)
        var found = ObservedEngine(engine: engine, path: path, paths: paths, hostIDs: hostIDs, record: record)
        found.answers = [
            .init(name: "version.json", bytes: engine.version.bytes), .init(name: "info.json", bytes: info.bytes),
        ]
        try await readContainers(into: &found)
        try await readNetworks(into: &found)
        try await readVolumes(into: &found)
        try await readImages(into: &found)
        return found
    }

    private func readContainers(into found: inout ObservedEngine) async throws {
        let listed = try await engine.listContainers(all: true, filters: scope.containerFilters).value.array ?? []
        for entry in listed {
            guard let id = entry["Id"].string else { continue }
            do {
                let answer = try await engine.inspectContainer(id)
                found.record.containers.append(ContainerRecord(inspect: answer.value))
                found.answers.append(.init(name: "containers/\(id).json", bytes: answer.bytes))
            } catch let error as EngineError where error.code == .notFound {
                // It went away between the list and the question, as containers that remove themselves do.
                continue
            }
        }
        found.record.containers.sort { ($0.inspect["Created"].string ?? "") < ($1.inspect["Created"].string ?? "") }
    }

    private func readNetworks(into found: inout ObservedEngine) async throws {
        let used = Set(
            found.record.containers.flatMap { $0.inspect["NetworkSettings"]["Networks"].object?.keys ?? [] })
        for entry in try await engine.listNetworks(filters: [:]).value.array ?? [] {
            guard let id = entry["Id"].string,
                isInScope(entry["Labels"], isUsed: used.contains(entry["Name"].string ?? ""))
            else { continue }
            if case .capsule = scope, NetworkRecord(inspect: entry).isPredefined,
                !used.contains(entry["Name"].string ?? "")
            {
                continue
            }
            let answer = try await engine.inspectNetwork(id)
            found.record.networks.append(NetworkRecord(inspect: answer.value))
            found.answers.append(.init(name: "networks/\(id).json", bytes: answer.bytes))
        }
        found.record.networks.sort { ($0.inspect["Created"].string ?? "") < ($1.inspect["Created"].string ?? "") }
    }

    private func readVolumes(into found: inout ObservedEngine) async throws {
        let used = Set(found.record.containers.flatMap { $0.mounts.compactMap(\.name) })
        for entry in try await engine.listVolumes(filters: [:]).value["Volumes"].array ?? [] {
            guard let name = entry["Name"].string, isInScope(entry["Labels"], isUsed: used.contains(name)) else {
                continue
            }
            let answer = try await engine.inspectVolume(name)
            found.record.volumes.append(VolumeRecord(inspect: answer.value))
            found.answers.append(.init(name: "volumes/\(name).json", bytes: answer.bytes))
        }
        found.record.volumes.sort { $0.name < $1.name }
    }

    private func readImages(into found: inout ObservedEngine) async throws {
        var ids = Set(found.record.containers.map(\.imageID))
        switch scope {
        case .project: break
        case .everything, .capsule:
            ids.formUnion((try await engine.listImages().value.array ?? []).compactMap { $0["Id"].string })
        }
        let identity = ImageIdentity(engine: found.record, paths: paths, access: access)
        for id in ids.sorted() {
            let answer: RawJSON
            do { answer = try await engine.inspectImage(id) } catch let error as EngineError
                where error.code == .notFound
            {
                throw vanished(id, in: found.record)
            }
            found.record.images.append(try await identity.record(id: id, inspect: answer.value))
            found.answers.append(.init(name: "images/\(id).json", bytes: answer.bytes))
        }
    }

    private func isInScope(_ labels: JSONValue, isUsed: Bool) -> Bool {
        switch scope {
        case .everything, .capsule: true
        case .project(let name): isUsed || labels["com.docker.compose.project"].string == name
        }
    }

    private func vanished(_ id: String, in record: EngineRecord) -> LiveEnvironmentError {
        let users = record.containers.filter { $0.imageID == id }.map(\.name).joined(separator: ", ")
        return LiveEnvironmentError(
            .imageVanished, "the image \(id.prefix(19)) of \(users) is no longer on \(engine.location)",
            hint: "load or build the image again, or recreate the container from one that is there")
    }
}
