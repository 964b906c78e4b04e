// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import EnvironmentModel
import JSONTree
import LiveEnvironment

/// Finds the hosts among the containers of the outer project, which need not run yet.
///
/// A host is a privileged container, or one under Sysbox, that has a project of its own, or whose command is an engine, or
/// with a mount where engines keep their data; or one that was named.
struct HostFinder: Sendable {
    let engine: Engine
    let model: ComposeModel
    /// Services or containers that are hosts whatever they look like.
    let named: Set<String>

    func hosts(among containers: [ContainerRecord]) async throws -> [ProjectHost] {
        let services = containers.compactMap(\.service)
        let found = try await SideBySide.map(containers, atMost: 8) { container -> ProjectHost? in
            let isOnly = services.count { $0 == container.service } == 1
            let name = isOnly ? container.service ?? container.name : container.name
            return try await host(container, name)
        }
        let hosts = found.compactMap(\.self)
        let missing = named.filter { name in !hosts.contains { $0.name == name || $0.container.name == name } }
        guard missing.isEmpty else {
            throw ProvisioningError(
                .noSuchHost, "no container is called \(missing.sorted().joined(separator: ", "))",
                hint: "there are: \(containers.map { $0.service ?? $0.name }.sorted().joined(separator: ", "))")
        }
        return hosts
    }

    private func host(_ container: ContainerRecord, _ name: String) async throws -> ProjectHost? {
        let isNamed = named.contains(name) || named.contains(container.name)
        guard isNamed || container.mayBeHost else { return nil }
        let service = container.service.flatMap(model.service)
        let project = try await NestedProjectFinder(
            host: container, name: name, remarks: service?.remarks ?? .null,
            files: ContainerFiles(engine: engine, container: container.id)
        ).find()
        guard isNamed || project != nil || runsEngine(container) else { return nil }
        return ProjectHost(
            name: name, container: container, dependencies: service?.dependencies ?? [], project: project)
    }

    private func runsEngine(_ container: ContainerRecord) -> Bool {
        let command = [container.inspect["Path"].string ?? ""] + container.inspect["Args"].strings
        return command.contains { $0.hasSuffix("dockerd") || $0.hasSuffix("dockerd-entrypoint.sh") }
            || container.mounts.contains { $0.destination.withoutTrailingSlash == "/var/lib/docker" }
    }
}
