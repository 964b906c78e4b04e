// SPDX-License-Identifier: Apache-2.0
public import DockerEngine
public import EnvironmentModel
import JSONTree
import OCI
public import Steps

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

    /// What becomes of a host whose engine does not answer.
    public enum SilentHosts: Sendable {
        /// It is an error.
        case refuse
        /// It is taken for a container like others.
        case passOver
    }

    /// Containers that are hosts whatever they look like, by service or container name.
    private let namedHosts: Set<String>
    private let silentHosts: SilentHosts
    /// How files of the outermost machine are read, where they can be.
    private let access: (any DataAccess)?
    /// Called with what is being looked at.
    private let report: StepReport
    /// Called with why something is done in a slower way.
    private let detail: @Sendable (String) -> Void

    /// How many hosts of an engine, or containers of one, are looked at at the same time.
    private static let bound = 8

    /// An observer that takes privileged containers for hosts, and those that are named.
    public init(
        namedHosts: Set<String> = [], silentHosts: SilentHosts = .refuse, access: (any DataAccess)? = nil,
        report: StepReport = .silent, detail: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.namedHosts = namedHosts
        self.silentHosts = silentHosts
        self.access = access
        self.report = report
        self.detail = detail
    }

    /// Looks at an engine and at all engines inside it, hosts side by side.
    ///
    /// - Parameters:
    ///   - engine: The engine.
    ///   - scope: What of it counts.
    ///   - path: Where it stands.
    ///   - paths: Where its files lie.
    ///   - earlier: What an earlier look found; the connections to engines whose hosts still run are used again.
    /// - Throws: `EngineError` where an engine fails, `LiveEnvironmentError` where a host's engine does not answer.
    public func observe(
        _ engine: Engine, scope: Scope, path: EnginePath = .outermost, paths: PathMap = .outermost,
        after earlier: ObservedEngine? = nil
    ) async throws -> ObservedEngine {
        report("looking at \(path == .outermost ? engine.location : path.description)")
        var found = try await EngineReader(
            engine: engine, scope: scope, path: path, paths: paths, hostIDs: [], access: access
        ).read()
        try await lookInside(&found, ancestors: [], after: earlier)
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

    /// Adds what only a look into the containers shows: the engines of hosts, interfaces, settings of the kernel.
    private func lookInside(
        _ found: inout ObservedEngine, ancestors: [String], after earlier: ObservedEngine?
    ) async throws {
        let parent = found
        let ancestors = ancestors + [found.record.engineID]
        let running = found.record.containers.filter { $0.status == "running" }
        let engines = try await SideBySide.map(running, atMost: Self.bound) { container in
            try await engine(in: container, of: parent, ancestors: ancestors, after: earlier)
        }
        for (container, engine) in zip(running, engines) { found.nested[container.id] = engine }
        let hosts = Set(found.nested.keys)
        found.record.containers = try await SideBySide.map(found.record.containers, atMost: Self.bound) { container in
            try await withNamespaces(container, of: parent, isHost: hosts.contains(container.id))
        }
    }

    /// The engine inside a container with all that is in it; nil where the container is no host.
    private func engine(
        in container: ContainerRecord, of parent: ObservedEngine, ancestors: [String], after earlier: ObservedEngine?
    ) async throws -> ObservedEngine? {
        let name = parent.record.callName(of: container)
        let known = earlier?.engine(stillIn: container)
        guard let host = try await host(container, name, of: parent, ancestors: ancestors, known) else { return nil }
        let path = parent.path.appending(name)
        report("looking at \(path)")
        var found = try await EngineReader(
            engine: host.engine, scope: .everything, path: path, paths: parent.paths.inside(container),
            hostIDs: parent.hostIDs + [container.id], access: access
        ).read(info: host.info)
        try await lookInside(&found, ancestors: ancestors, after: known)
        return found
    }

    private func host(
        _ container: ContainerRecord, _ name: String, of parent: ObservedEngine, ancestors: [String],
        _ known: ObservedEngine?
    ) async throws -> HostDetector.Host? {
        if let known, let info = try? await known.engine.info(), info["ID"] == known.record.info["ID"],
            info["ServerVersion"] == known.record.info["ServerVersion"]
        {
            return HostDetector.Host(engine: known.engine, info: info)
        }
        let entrance = HostEntrance(paths: parent.paths, access: access, detail: detail)
        let isNamed = namedHosts.contains(name) || namedHosts.contains(container.name)
        let detector = HostDetector(
            parent: parent.engine, entrance: entrance, container: container, name: name, isNamed: isNamed)
        do { return try await detector.connect(ancestors: ancestors) } catch let error as LiveEnvironmentError
            where error.code == .hostDoesNotAnswer && silentHosts == .passOver
        {
            return nil
        }
    }

    /// What inspect does not show: the interfaces of containers, and the network settings of hosts.
    private func withNamespaces(
        _ container: ContainerRecord, of observed: ObservedEngine, isHost: Bool
    ) async throws -> ContainerRecord {
        var container = container
        container.interfaces = try await InterfaceReader(
            engine: observed.engine, access: access, paths: observed.paths
        ).interfaces(of: container)
        guard isHost else { return container }
        let settings = KernelSettings(engine: observed.engine, container: container.id)
        var process: String?
        if let access {
            process = try await ContainerProcess(paths: observed.paths, access: access).folder(of: container)
        }
        container.kernelSettings = try await settings.read(of: process, access)
        return container
    }
}
