// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import EnvironmentModel
import JSONTree
import LiveEnvironment
import Snapshots

/// A container that was made and is to be brought into its captured state.
struct RestoredContainer: Sendable {
    let captured: ContainerRecord
    let id: String
    let site: Site
    /// The id of its image on the engine.
    let imageID: String
    /// What is to be connected after its start.
    let lateConnections: [EndpointRecipe.Connection]
    /// What the engine said when it made it: often the only sign that it dropped a setting.
    let warnings: [String]
}

/// Makes everything of a captured engine again, down to the containers, and starts its hosts.
///
/// Nothing but hosts runs when it is done: the other containers are started later, over all engines in the order that
/// was observed.
struct EngineRestorer: Sendable {
    let library: SnapshotLibrary
    let access: any DataAccess
    let report: @Sendable (String) -> Void

    private var starter: ContainerStarter { ContainerStarter(library: library, access: access) }

    /// Restores an engine and, inside its hosts, the engines below; returns every container that was made.
    func restore(_ captured: EngineRecord, at site: Site) async throws -> [RestoredContainer] {
        let images = try await ImageLoader(engine: site.engine, library: library, report: report)
            .load(captured.images, tags: .captured)
        try await makeNetworks(captured, at: site)
        try await makeVolumes(captured, at: site)
        let containers = try await ContainerMaker(captured: captured, site: site, imageIDs: images.ids)
            .makeAll(report: report)
        try await restoreData(of: captured, into: containers, at: site)
        let hosts = containers.filter { $0.captured.engine != nil && $0.captured.isUp }
        for host in hosts { try await seed(host) }
        for host in StartOrder.order(hosts) {
            report("starting \(site.path.objectName(captured.callName(of: host.captured)))")
            try await starter.start(host)
        }
        // Side by side: an engine that loads images keeps one processor busy.
        let inside = try await withThrowingTaskGroup(of: [RestoredContainer].self) { group in
            for host in hosts { group.addTask { try await restoreInside(host, of: captured, at: site) } }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        return containers + inside
    }

    /// Images of the engine that is about to start in a host, where they can be put below its data-root.
    private func seed(_ host: RestoredContainer) async throws {
        guard let inner = host.captured.engine, inner.info["Driver"].string == "overlay2" else { return }
        let inspect = ContainerRecord(inspect: try await host.site.engine.inspectContainer(host.id).value)
        // Only on a mount is it there before the start.
        guard inspect.mounts.contains(where: { inner.dataRoot.below($0.destination) != nil }),
            let root = host.site.paths.inside(inspect).resolve(inner.dataRoot)
        else { return }
        report("unpacking images of \(host.site.path.objectName(host.captured.name))")
        try await DataRootSeeder(library: library, access: access, report: report).seed(inner.images, into: root)
    }

    private func restoreInside(_ host: RestoredContainer, of captured: EngineRecord, at site: Site) async throws
        -> [RestoredContainer]
    {
        guard let inner = host.captured.engine else { return [] }
        let name = captured.callName(of: host.captured)
        let engine = try await EngineWait(parent: site.engine, container: host.id, name: name).engine()
        try await KernelSettings(engine: site.engine, container: host.id).write(host.captured.kernelSettings)
        let inspect = try await site.engine.inspectContainer(host.id).value
        let innerSite = Site(
            engine: engine, path: site.path.appending(name),
            paths: site.paths.inside(ContainerRecord(inspect: inspect)))
        return try await restore(inner, at: innerSite)
    }

    private func makeNetworks(_ captured: EngineRecord, at site: Site) async throws {
        for network in captured.networks where !network.isPredefined {
            report("making network \(site.path.objectName(network.name))")
            let recipe = NetworkRecipe(
                network: network, targetAPIMinor: site.engine.apiVersion.minor, labels: site.labels)
            _ = try await site.engine.createNetwork(recipe.body)
        }
    }

    private func makeVolumes(_ captured: EngineRecord, at site: Site) async throws {
        for volume in captured.volumes where !isMadeWithContainer(volume, captured) {
            var body = JSONObject()
            body["Name"] = .string(volume.name)
            body["Driver"] = volume.inspect["Driver"]
            body["DriverOpts"] = options(of: volume, at: site)
            let labels = volume.inspect["Labels"].isNull ? [:] : volume.inspect["Labels"]
            body["Labels"] = ReplayLabels.adding(site.labels, to: labels)
            _ = try await site.engine.createVolume(.object(body))
        }
    }

    /// The options, with a bound folder where it lies now.
    private func options(of volume: VolumeRecord, at site: Site) -> JSONValue {
        guard case .object(var options) = volume.inspect["Options"] else { return [:] }
        if case .bind(let device) = volume.backing {
            options["device"] = .string(site.movedSources[device.withoutTrailingSlash] ?? device)
        }
        return .object(options)
    }

    /// An anonymous volume of a container comes with the container, under a name of the engine's own.
    private func isMadeWithContainer(_ volume: VolumeRecord, _ captured: EngineRecord) -> Bool {
        volume.isAnonymous && captured.containers.contains { $0.mounts.contains { $0.name == volume.name } }
    }

    private func restoreData(of captured: EngineRecord, into containers: [RestoredContainer], at site: Site)
        async throws
    {
        let restorer = DataRestorer(library: library, access: access)
        let layers = WritableLayers(info: try await site.engine.info().value, paths: site.paths, access: access)
        var volumeNames: [String: String] = [:]
        for container in containers {
            let inspect = ContainerRecord(inspect: try await site.engine.inspectContainer(container.id).value)
            volumeNames.merge(container.captured.volumeNames(in: inspect)) { $1 }
            guard let layer = container.captured.layer else { continue }
            let title = site.path.objectName(container.captured.name)
            report("restoring the writable layer of \(title)")
            guard let path = try await layers.path(of: inspect) else {
                throw ReplayError(
                    .failed, "the writable layer of \(title) cannot be restored: its engine does not use overlay2",
                    hint: "give the engine a data-root on a real file system")
            }
            try await restorer.restore(layer, to: .folder(path))
            if container.captured.status == "exited" {
                try await ExitStub(container: container, layer: path, access: access).run()
                try await restorer.restore(layer, to: .folder(path))
            }
        }
        for volume in captured.volumes {
            guard let data = volume.data else { continue }
            let name = volumeNames[volume.name] ?? volume.name
            report("restoring volume \(site.path.objectName(volume.name))")
            let mountpoint = try await site.engine.inspectVolume(name).value["Mountpoint"].string ?? ""
            guard let path = site.paths.resolve(mountpoint) else {
                throw ReplayError(.failed, "the files of volume \(name) are out of reach")
            }
            try await restorer.restore(data, to: .folder(path))
        }
    }
}
