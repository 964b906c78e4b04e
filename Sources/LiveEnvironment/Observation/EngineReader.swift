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

    /// - Parameter info: What the engine says of itself, where it was asked already.
    func read(info known: RawJSON? = nil) async throws -> ObservedEngine {
        let info = if let known { known } else { try await engine.info() }
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
        for (id, answer) in try await answers(listed.compactMap { $0["Id"].string }, containerStillThere) {
            guard let answer else { continue }
            found.record.containers.append(ContainerRecord(inspect: answer.value))
            found.answers.append(.init(name: "containers/\(id).json", bytes: answer.bytes))
        }
        found.record.containers.sort { ($0.inspect["Created"].string ?? "") < ($1.inspect["Created"].string ?? "") }
    }

    /// Containers that remove themselves may go away between the list and the question.
    private func containerStillThere(_ id: String) async throws -> RawJSON? {
        do { return try await engine.inspectContainer(id) } catch let error as EngineError
            where error.code == .notFound
        {
            return nil
        }
    }

    /// Asks for each of these, several at a time; the answers come in the order of the ids.
    private func answers<Answer: Sendable>(
        _ ids: [String], _ ask: @escaping @Sendable (String) async throws -> Answer
    ) async throws -> [(String, Answer)] {
        Array(zip(ids, try await SideBySide.map(ids, atMost: engine.concurrency, ask)))
    }

    private func readNetworks(into found: inout ObservedEngine) async throws {
        let used = Set(
            found.record.containers.flatMap { $0.inspect["NetworkSettings"]["Networks"].object?.keys ?? [] })
        let listed = (try await engine.listNetworks(filters: [:]).value.array ?? []).filter { entry in
            let isUsed = used.contains(entry["Name"].string ?? "")
            if case .capsule = scope, NetworkRecord(inspect: entry).isPredefined { return isUsed }
            return isInScope(entry["Labels"], isUsed: isUsed)
        }
        let ids = listed.compactMap { $0["Id"].string }
        for (id, answer) in try await answers(ids, { try await engine.inspectNetwork($0) }) {
            found.record.networks.append(NetworkRecord(inspect: answer.value))
            found.answers.append(.init(name: "networks/\(id).json", bytes: answer.bytes))
        }
        found.record.networks.sort { ($0.inspect["Created"].string ?? "") < ($1.inspect["Created"].string ?? "") }
    }

    private func readVolumes(into found: inout ObservedEngine) async throws {
        let used = Set(found.record.containers.flatMap { $0.mounts.compactMap(\.name) })
        let listed = (try await engine.listVolumes(filters: [:]).value["Volumes"].array ?? []).filter { entry in
            isInScope(entry["Labels"], isUsed: used.contains(entry["Name"].string ?? ""))
        }
        let names = listed.compactMap { $0["Name"].string }
        for (name, answer) in try await answers(names, { try await engine.inspectVolume($0) }) {
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
        let record = found.record
        let images = try await answers(ids.sorted()) { id in
            do { return try await engine.inspectImage(id) } catch let error as EngineError
                where error.code == .notFound
            {
                throw vanished(id, in: record)
            }
        }
        for (id, answer) in images {
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
