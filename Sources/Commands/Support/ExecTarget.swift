// SPDX-License-Identifier: Apache-2.0
import Catalogue
import DockerEngine
import EnvironmentModel
import LiveEnvironment
import Snapshots

/// Finds the container that a path within a replay names.
struct ExecTarget: Sendable {
    struct Found: Sendable {
        let engine: Engine
        let container: String
        let workingDirectory: String?
        var environment: [String] = []
    }

    let running: RunningReplay
    let library: SnapshotLibrary

    func find(_ path: String) async throws -> Found {
        let document = try library.document(running.record.snapshotID)
        if path == "." {
            guard let capsule = running.record.capsuleContainer else {
                throw Failure(
                    "noCapsule", "the replay \(running.record.name) has no capsule", hint: "name a container",
                    status: .usage)
            }
            return Found(
                engine: running.outer, container: capsule, workingDirectory: document.project.workingDirectory,
                environment: document.project.composeVariables)
        }
        var engine = running.engine
        var paths = running.paths
        var scope = Observer.Scope.project(document.project.name)
        var names = path.split(separator: "/").map(String.init)[...]
        while let name = names.popFirst() {
            let container = try await container(name, on: engine, scope, path: path)
            if names.isEmpty { return Found(engine: engine, container: container.id, workingDirectory: nil) }
            engine = try await HostEntrance(paths: paths, access: LocalDataAccess())
                .enter(container, of: engine, named: name)
            paths = paths.inside(container)
            scope = .everything
        }
        throw Failure("noSuchPath", "the path is empty", hint: "use HOST or HOST/CONTAINER", status: .usage)
    }

    private func container(_ name: String, on engine: Engine, _ scope: Observer.Scope, path: String) async throws
        -> ContainerRecord
    {
        let containers = try await Observer.containers(of: engine, scope: scope)
        let byService = containers.filter { $0.service == name }
        if let container = containers.first(where: { $0.name == name }) ?? (byService.count == 1 ? byService[0] : nil) {
            return container
        }
        let names = Set(containers.map { $0.service ?? $0.name }).sorted().joined(separator: ", ")
        throw Failure(
            "noSuchPath", "no container \"\(name)\" in \(running.record.name) (\(path))", hint: "there are: \(names)",
            status: .notFound)
    }
}
