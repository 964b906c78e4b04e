// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import EnvironmentModel
import JSONTree
import LiveEnvironment
import Snapshots
import Steps
import SystemPackage

/// A container that was made and is to be brought into its captured state.
struct RestoredContainer: Sendable {
    let captured: ContainerRecord
    let id: String
    let site: Site
    /// The id of its image on the engine.
    let imageID: String
    /// What is to be connected after its start.
    var lateConnections: [EndpointRecipe.Connection] = []
    /// What the engine said when it made it: often the only sign that it dropped a setting.
    var warnings: [String] = []
    /// The container as it was found, where it was there already.
    var standing: ContainerRecord?

    /// Whether it was there already and is in its captured state, so that nothing is to be done for that.
    var hasItsState: Bool {
        guard let standing else { return false }
        // A host that runs stays; processes of others are always started anew.
        if captured.engine != nil { return true }
        if captured.isUp { return false }
        let (wanted, found) = (captured.inspect["State"], standing.inspect["State"])
        return wanted["Status"] == found["Status"] && wanted["ExitCode"] == found["ExitCode"]
            && wanted["OOMKilled"] == found["OOMKilled"]
    }
}

/// Makes what is not there of a captured engine, down to the containers, restores its data and starts its hosts.
///
/// Nothing but hosts runs when it is done: the other containers are started later, over all engines in the order that
/// was observed.
struct EngineRestorer: Sendable {
    let library: SnapshotLibrary
    let access: any DataAccess
    let trees: TreeRestorer
    let report: StepReport

    private var starter: ContainerStarter { ContainerStarter(library: library, access: access) }

    /// Restores an engine and, inside its hosts, the engines below; returns every container.
    func restore(
        _ captured: EngineRecord, at site: Site, on standing: Standing = .nothing
    ) async throws -> [RestoredContainer] {
        let images = try await imageIDs(of: captured, at: site, standing)
        try await makeNetworks(captured, at: site, except: Set(standing.networks.keys))
        try await makeVolumes(captured, at: site, except: standing.volumes)
        let containers = try await ContainerMaker(
            captured: captured, site: site, imageIDs: images, standing: standing.containers
        ).makeAll(report: report)
        try await restoreData(of: captured, into: containers, at: site)
        let hosts = containers.filter { $0.captured.engine != nil && $0.captured.isUp }
        let stopped = hosts.filter { standing.hosts[$0.captured.id] == nil }
        // Side by side: an engine that loads images keeps one processor busy, and one that starts keeps none.
        let inside = try await withThrowingTaskGroup(of: [RestoredContainer].self) { group in
            for host in hosts {
                guard let standing = standing.hosts[host.captured.id] else { continue }
                group.addTask { try await restoreInside(host, of: captured, at: site, on: standing) }
            }
            for host in StartOrder.order(stopped) {
                try await seed(host)
                report("starting \(site.path.objectName(captured.callName(of: host.captured)))")
                try await starter.start(host)
                group.addTask { try await restoreInside(host, of: captured, at: site, on: nil) }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        return containers + inside
    }

    private func imageIDs(of captured: EngineRecord, at site: Site, _ standing: Standing) async throws
        -> [String: String]
    {
        if let images = standing.images { return images }
        return try await ImageLoader(engine: site.engine, library: library, report: report)
            .load(captured.images, tags: .captured).ids
    }

    /// Images of the engine that is about to start in a host, where they can be put below its data-root.
    private func seed(_ host: RestoredContainer) async throws {
        guard let inner = host.captured.engine else { return }
        let inspect = ContainerRecord(inspect: try await host.site.engine.inspectContainer(host.id).value)
        // Only on a mount is it there before the start.
        guard inspect.mounts.contains(where: { inner.dataRoot.below($0.destination) != nil }),
            let root = host.site.paths.inside(inspect).resolve(inner.dataRoot)
        else { return }
        if trees.ground == .used { try await empty(root, of: host) }
        guard inner.info["Driver"].string == "overlay2" else { return }
        try await DataRootSeeder(library: library, access: access, replay: host.site.replay, report: report)
            .seed(inner.images, of: host.site.path.objectName(host.captured.name), into: root)
    }

    /// Removes what the engine in the host before this one has left, where it belongs to the replay.
    private func empty(_ dataRoot: String, of host: RestoredContainer) async throws {
        // Without a capsule it may be a folder of the machine, which was neither captured nor moved.
        let isOurs =
            host.site.labels.isEmpty || dataRoot.below(library.replaysFolder.string) != nil
            || host.captured.mounts.contains { $0.type == "volume" && dataRoot.hasSuffix("/\($0.name ?? "")/_data") }
        guard isOurs else { return }
        for name in try await access.names(in: dataRoot) { try await access.remove(dataRoot.appendingPath(name)) }
    }

    private func restoreInside(
        _ host: RestoredContainer, of captured: EngineRecord, at site: Site, on standing: StandingHost?
    ) async throws -> [RestoredContainer] {
        guard let inner = host.captured.engine else { return [] }
        let name = captured.callName(of: host.captured)
        if let standing {
            let innerSite = Site(
                engine: standing.engine, path: site.path.appending(name), paths: standing.paths,
                guardian: site.guardian?.inside(host.captured))
            return try await restore(inner, at: innerSite, on: standing.inside)
        }
        let entrance = HostEntrance(paths: site.paths, access: access, detail: { report($0) })
        let engine = try await EngineWait(
            parent: site.engine, container: host.id, name: name, entrance: entrance
        ).engine()
        try await KernelSettings(engine: site.engine, container: host.id).write(host.captured.kernelSettings)
        let inspect = try await site.engine.inspectContainer(host.id).value
        let innerSite = Site(
            engine: engine, path: site.path.appending(name),
            paths: site.paths.inside(ContainerRecord(inspect: inspect)), replay: site.replay,
            guardian: site.guardian?.inside(host.captured))
        return try await restore(inner, at: innerSite)
    }

    private func makeNetworks(_ captured: EngineRecord, at site: Site, except standing: Set<String>) async throws {
        for network in captured.networks where !network.isPredefined && !standing.contains(network.name) {
            report("making network \(site.path.objectName(network.name))")
            let recipe = NetworkRecipe(
                network: network, targetAPIMinor: site.engine.apiVersion.minor, labels: site.labels)
            let body = try site.guardian?.network(recipe.body, named: network.name) ?? recipe.body
            _ = try await site.engine.createNetwork(body)
        }
    }

    private func makeVolumes(_ captured: EngineRecord, at site: Site, except standing: Set<String>) async throws {
        for volume in captured.volumes
        where !captured.makesWithContainer(volume) && !standing.contains(volume.name) {
            let recipe = VolumeRecipe(volume: volume, movedSources: site.movedSources, labels: site.labels)
            let body = try await site.guardian?.volume(recipe.body, named: volume.name) ?? recipe.body
            _ = try await site.engine.createVolume(body)
        }
    }

    private func restoreData(of captured: EngineRecord, into containers: [RestoredContainer], at site: Site)
        async throws
    {
        let layers = WritableLayers(info: try await site.engine.info().value, paths: site.paths, access: access)
        var volumeNames: [String: String] = [:]
        for container in containers {
            let found: ContainerRecord
            if let standing = container.standing {
                found = standing
            } else {
                found = ContainerRecord(inspect: try await site.engine.inspectContainer(container.id).value)
            }
            volumeNames.merge(container.captured.volumeNames(in: found)) { $1 }
            // The layer of a host that runs was found to be untouched.
            guard container.standing == nil || container.captured.engine == nil else { continue }
            try await restoreLayer(of: container, at: try await layers.path(of: found))
        }
        for volume in captured.volumes {
            guard let data = volume.data else { continue }
            let name = volumeNames[volume.name] ?? (captured.volumesByName.contains(volume.name) ? volume.name : nil)
            // A volume of the engine's that only bears the name is somebody else's.
            guard let name else {
                throw ReplayError(.failed, "no container of the replay has the volume \(volume.name)")
            }
            let mountpoint = try await site.engine.inspectVolume(name).value["Mountpoint"].string ?? ""
            guard let path = site.paths.resolve(mountpoint) else {
                throw ReplayError(.failed, "the files of volume \(name) are out of reach")
            }
            try await report.measuring("restoring volume \(site.path.objectName(volume.name))", bytes: data.size) {
                try await trees.restore(data, folder: path, $0)
            }
        }
    }

    private func restoreLayer(of container: RestoredContainer, at path: String?) async throws {
        guard let layer = container.captured.layer else {
            if let path { try await trees.stamp(path) }
            return
        }
        let title = container.site.path.objectName(container.captured.name)
        guard let path else {
            throw ReplayError(
                .failed, "the writable layer of \(title) cannot be restored: its engine does not use overlay2",
                hint: "give the engine a data-root on a real file system")
        }
        try await report.measuring("restoring the writable layer of \(title)", bytes: layer.size) { progress in
            try await trees.restore(layer, folder: path, progress)
            guard container.captured.status == "exited", !container.hasItsState else { return }
            try await ExitStub(container: container, layer: path, access: access).run()
            try await trees.restore(layer, folder: path, progress)
        }
    }
}
