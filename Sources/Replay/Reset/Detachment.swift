// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import EnvironmentModel
import LiveEnvironment
import Steps

/// Finds hosts that run on a folder or file which has been replaced meanwhile, and removes them, to be made again.
///
/// A mount leads to an object, not to a path: where a folder was deleted and restored, a host that mounts it still has the
/// deleted one.
struct Detachment: Sendable {
    let access: any DataAccess
    /// Where the restored folders and files lie on the outermost machine.
    let trees: [String]
    let report: StepReport

    /// What stays when they are gone.
    func removing(from standing: Standing, of captured: EngineRecord, at site: Site) async throws -> Standing {
        var attached = standing
        var detached: Set<String> = []
        for host in captured.hosts {
            guard let found = standing.containers[host.id], var inside = standing.hosts[host.id],
                let inner = host.engine
            else { continue }
            guard try await isAttached(found, at: site) else {
                report("\(site.path.objectName(host.name)) mounts what was replaced meanwhile")
                detached.insert(host.id)
                continue
            }
            let innerSite = Site(
                engine: inside.engine, path: site.path.appending(captured.callName(of: host)), paths: inside.paths)
            inside.inside = try await removing(from: inside.inside, of: inner, at: innerSite)
            attached.hosts[host.id] = inside
        }
        for container in attached.drop(detached, of: captured) {
            try await site.engine.removeContainer(container.id, force: true, volumes: true)
        }
        return attached
    }

    private func isAttached(_ host: ContainerRecord, at site: Site) async throws -> Bool {
        let processes = ContainerProcess(paths: site.paths, access: access)
        guard let process = try await processes.folder(of: host) else { return false }
        for mount in host.mounts {
            guard let source = site.paths.resolve(site.movedSources[mount.source] ?? mount.source),
                trees.contains(where: { source.below($0) != nil })
            else { continue }
            guard try await access.isSame(source, as: "\(process)/root\(mount.destination)") else { return false }
        }
        return true
    }
}
