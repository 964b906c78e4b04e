// SPDX-License-Identifier: Apache-2.0
import Catalogue
import DockerEngine
import EnvironmentModel
import JSONTree
import LiveEnvironment
import OCI
import Snapshots

/// Finds the container, or the engine, that a path within a replay names.
struct ExecTarget: Sendable {
    struct Found: Sendable {
        let engine: Engine
        let container: String
        let workingDirectory: String?
        var environment: [String] = []
    }

    let running: RunningReplay
    let library: SnapshotLibrary

    /// The capsule's own path.
    static let capsule = "."

    func find(_ path: String) async throws -> Found {
        if path == Self.capsule {
            let document = try library.document(running.record.snapshotID)
            guard let capsule = running.record.capsuleContainer else {
                throw Failure(
                    "noCapsule", "the replay \(running.record.name) has no capsule", hint: "name a container",
                    status: .usage)
            }
            return Found(
                engine: running.outer, container: capsule, workingDirectory: document.project.workingDirectory,
                environment: document.project.composeVariables)
        }
        let names = path.split(separator: "/").map(String.init)
        guard let last = names.last else {
            throw Failure("noSuchPath", "the path is empty", hint: "use HOST or HOST/CONTAINER", status: .usage)
        }
        let level = try await level(inside: names.dropLast(), of: path)
        let container = try await container(last, on: level, path: path)
        return Found(engine: level.engine, container: container.id, workingDirectory: nil)
    }

    /// The engine inside a host, or that of the environment itself for the capsule's path.
    func engine(at path: String) async throws -> Engine {
        guard path != Self.capsule else { return running.engine }
        let names = path.split(separator: "/").map(String.init)
        guard !names.isEmpty else {
            throw Failure("noSuchPath", "the path is empty", hint: "use a HOST, or leave it out", status: .usage)
        }
        return try await level(inside: names[...], of: path).engine
    }

    /// An engine of the replay, with what is needed to go on from there.
    private struct Level {
        var engine: Engine
        var paths: PathMap
        var scope: Observer.Scope
    }

    private func level(inside names: ArraySlice<String>, of path: String) async throws -> Level {
        let document = try library.document(running.record.snapshotID)
        var level = Level(engine: running.engine, paths: running.paths, scope: .project(document.project.name))
        for name in names {
            let container = try await container(name, on: level, path: path)
            do {
                level.engine = try await HostEntrance(paths: level.paths, access: LocalDataAccess())
                    .enter(container, of: level.engine, named: name)
            } catch let error as EngineError where error.code == .noCommandLine {
                throw Failure(
                    "noSuchPath", "\(name) is no host: there is no engine in it (\(path))",
                    hint: "envsnap show \(running.record.snapshotID.short) lists the hosts", status: .notFound)
            }
            level.paths = level.paths.inside(container)
            level.scope = .everything
        }
        return level
    }

    private func container(_ name: String, on level: Level, path: String) async throws -> ContainerRecord {
        let containers = try await Observer.containers(of: level.engine, scope: level.scope)
        if let container = containers.called(name) { return container }
        let names = Set(containers.map { $0.service ?? $0.name }).sorted().joined(separator: ", ")
        throw Failure(
            "noSuchPath", "no container \"\(name)\" in \(running.record.name) (\(path))", hint: "there are: \(names)",
            status: .notFound)
    }
}
