// SPDX-License-Identifier: Apache-2.0
public import DockerEngine
public import EnvironmentModel
import JSONTree
import OCI

/// Looks at an engine and at the engines inside its hosts, changing nothing.
public struct Observer: Sendable {
    /// Which part of an engine belongs to the environment.
    public enum Scope: Sendable {
        /// The containers of a compose project and what they use: for the outermost engine.
        case project(String)
        /// Everything: for nested engines.
        case everything
        /// Everything but the networks that every engine has and nothing uses: for the engine of a capsule, which holds
        /// one project and what was added to it since.
        case capsule

        var containerFilters: [String: [String]] {
            switch self {
            case .project(let name): ["label": ["com.docker.compose.project=\(name)"]]
            case .everything, .capsule: [:]
            }
        }
    }

    /// Containers that are hosts whatever they look like, by service or container name.
    private let namedHosts: Set<String>
    /// How files of the outermost machine are read, where they can be.
    private let access: (any DataAccess)?
    /// Called with what is being looked at.
    private let report: @Sendable (String) -> Void

    /// An observer that takes privileged containers for hosts, and those that are named.
    public init(
        namedHosts: Set<String> = [], access: (any DataAccess)? = nil,
        report: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.namedHosts = namedHosts
        self.access = access
        self.report = report
    }

    /// Looks at an engine and at all engines inside it.
    ///
    /// - Throws: `EngineError` where an engine fails, `LiveEnvironmentError` where a host's engine does not answer.
    public func observe(
        _ engine: Engine, scope: Scope, path: EnginePath = .outermost, paths: PathMap = .outermost
    ) async throws -> ObservedEngine {
        report("looking at \(path == .outermost ? engine.location : path.description)")
        var found = try await EngineReader(
            engine: engine, scope: scope, path: path, paths: paths, hostIDs: [], access: access
        ).read()
        let ancestors = [found.record.engineID]
        found.nested = try await nestedEngines(of: found, ancestors: ancestors)
        try await readNamespaces(of: &found)
        return found
    }

    /// The containers of one engine, without looking into them.
    public static func containers(of engine: Engine, scope: Scope) async throws -> [ContainerRecord] {
        var containers: [ContainerRecord] = []
        for entry in try await engine.listContainers(all: true, filters: scope.containerFilters).value.array ?? [] {
            guard let id = entry["Id"].string else { continue }
            containers.append(ContainerRecord(inspect: try await engine.inspectContainer(id).value))
        }
        return containers
    }

    private func nestedEngines(of parent: ObservedEngine, ancestors: [String]) async throws -> [String: ObservedEngine]
    {
        var nested: [String: ObservedEngine] = [:]
        for container in parent.record.containers where container.status == "running" {
            let name = parent.record.callName(of: container)
            let isNamed = namedHosts.contains(name) || namedHosts.contains(container.name)
            let detector = HostDetector(parent: parent.engine, container: container, name: name, isNamed: isNamed)
            guard let engine = try await detector.connect(ancestors: ancestors) else { continue }
            let path = parent.path.appending(name)
            report("looking at \(path)")
            let paths = parent.paths.inside(container)
            let reader = EngineReader(
                engine: engine, scope: .everything, path: path, paths: paths,
                hostIDs: parent.hostIDs + [container.id], access: access)
            var found = try await reader.read()
            found.nested = try await nestedEngines(of: found, ancestors: ancestors + [found.record.engineID])
            try await readNamespaces(of: &found)
            nested[container.id] = found
        }
        return nested
    }

    /// What inspect does not show: the interfaces of containers, and the network settings of hosts.
    private func readNamespaces(of observed: inout ObservedEngine) async throws {
        for index in observed.record.containers.indices {
            let container = observed.record.containers[index]
            observed.record.containers[index].interfaces =
                try await InterfaceReader(engine: observed.engine, access: access, paths: observed.paths)
                .interfaces(of: container)
            guard observed.nested[container.id] != nil else { continue }
            observed.record.containers[index].kernelSettings =
                try await KernelSettings(engine: observed.engine, container: container.id).read()
        }
    }
}
