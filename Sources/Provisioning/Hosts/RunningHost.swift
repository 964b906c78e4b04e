// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import EnvironmentModel
import JSONTree
import LiveEnvironment

/// A host that runs, with the engine in it.
struct RunningHost: Sendable {
    /// How it is called: by its service where only one container has it.
    let name: String
    /// The name of its container.
    let container: String
    let engine: Engine

    /// The hosts of a project that run.
    ///
    /// - Parameter named: Containers that are hosts whatever they look like.
    /// - Throws: `LiveEnvironmentError` where a host that looks like one, or was named, has no engine that answers.
    static func all(
        of project: String, on outer: Engine, _ access: (any DataAccess)?, named: Set<String>,
        detail: @escaping @Sendable (String) -> Void
    ) async throws -> [RunningHost] {
        let containers = try await Observer.containers(of: outer, scope: .project(project))
        let services = containers.compactMap(\.service)
        let id = try await outer.info()["ID"]
        let entrance = HostEntrance(paths: .outermost, access: access, detail: detail)
        let found = try await SideBySide.map(containers.filter(\.isUp), atMost: 8) { container -> RunningHost? in
            let isOnly = services.count { $0 == container.service } == 1
            let name = isOnly ? container.service ?? container.name : container.name
            let isNamed = named.contains(name) || named.contains(container.name)
            let host = container.inspect["HostConfig"]
            guard isNamed || host["Privileged"].bool == true || host["Runtime"].string == "sysbox-runc" else {
                return nil
            }
            do {
                let engine = try await entrance.enter(container, of: outer, named: name)
                // One with the socket of the engine above mounted is no host.
                guard try await engine.info()["ID"] != id else { return nil }
                return RunningHost(name: name, container: container.name, engine: engine)
            } catch let error as EngineError {
                detail("\(name): \(error.message)")
                guard isNamed else { return nil }
                throw LiveEnvironmentError(
                    .hostDoesNotAnswer, "the engine in \(name) cannot be reached",
                    hint: "see what it says: docker logs \(container.name)", cause: error)
            }
        }
        return found.compactMap(\.self).sorted { $0.name < $1.name }
    }
}
