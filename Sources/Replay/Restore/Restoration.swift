// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import EnvironmentModel
import LiveEnvironment
import Snapshots
import Steps

/// Brings an engine to a captured environment: files, objects at all levels, states.
///
/// A replay does it on an engine that holds nothing yet, a reset on what stays of a replay.
struct Restoration: Sendable {
    let library: SnapshotLibrary
    let access: any DataAccess
    let trees: TreeRestorer
    let report: StepReport

    /// Restores everything; returns every container.
    func restore(
        _ document: EnvironmentDocument, at site: Site, on standing: Standing = .nothing
    ) async throws -> [RestoredContainer] {
        let places = try await restoreTrees(of: document, at: site)
        try await MovedSources(access: access).check(at: site)
        let attached = try await Detachment(access: access, trees: places, report: report)
            .removing(from: standing, of: document.engine, at: site)
        let restorer = EngineRestorer(library: library, access: access, trees: trees, report: report)
        let containers = try await restorer.restore(document.engine, at: site, on: attached)
        try await StateRestorer(starter: ContainerStarter(library: library, access: access), report: report)
            .restore(containers)
        for host in containers where host.captured.engine != nil && host.standing == nil { try await stamp(host) }
        return containers
    }

    /// Restores folders and files; returns where they lie.
    private func restoreTrees(of document: EnvironmentDocument, at site: Site) async throws -> [String] {
        var places: [String] = []
        for tree in document.trees {
            guard let place = site.paths.place(of: site.movedSources[tree.path] ?? tree.path) else {
                throw ReplayError(.failed, "\(tree.path) cannot be restored: its place is out of reach")
            }
            let path = place.root.appendingPath(place.rest)
            places.append(path)
            try await report.measuring("restoring \(tree.path)", bytes: tree.data.size) { progress in
                if tree.isFile {
                    try await site.guardian?.checkPlace(of: tree, at: site)
                    try await trees.restore(tree.data, file: place.rest, inside: place.root, progress)
                } else {
                    let exclusions = tree.excluded.map { Exclusion(path: $0, keepsFolder: true) }
                    try await trees.restore(tree.data, folder: path, excluding: exclusions, progress)
                }
            }
        }
        return places
    }

    /// An engine writes to its host's layer when it starts; what comes after that is a change.
    private func stamp(_ host: RestoredContainer) async throws {
        let engine = host.site.engine
        let inspect = ContainerRecord(inspect: try await engine.inspectContainer(host.id).value)
        let layers = WritableLayers(info: try await engine.info().value, paths: host.site.paths, access: access)
        guard let path = try await layers.path(of: inspect) else { return }
        try await trees.stamp(path, excluding: HostLayer.exclusions(of: host.captured))
    }
}
