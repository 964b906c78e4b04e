// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import EnvironmentModel
import JSONTree
import LiveEnvironment
import Steps

/// Finds what of a replay is still as it was made, and can stay while the replay is put back.
///
/// The judge is the comparison that gives the verdict. A container stays where nothing but its state differs, and where
/// its files can be put back; its processes do not.
struct StandingFinder: Sendable {
    /// The ids of the containers that were made for the replay.
    let made: Set<String>
    let trees: TreeRestorer
    let access: any DataAccess
    let report: StepReport

    /// What of an engine and of those inside its hosts stays.
    ///
    /// - Parameter before: What the engine was made from, where it is brought to another snapshot: what that does not have
    ///   word for word does not stay, since the comparison lets some things differ.
    func find(
        in found: ObservedEngine, of captured: EngineRecord, madeFrom before: EngineRecord? = nil
    ) async throws -> Standing {
        let before = before ?? captured
        var standing = Standing()
        let whole = found.wholeRecord
        let comparison = EnvironmentComparison(captured: captured, found: whole, path: found.path)
        for network in captured.networks {
            guard before.networks.contains(network) else { continue }
            standing.networks[network.name] =
                whole.networks.first { $0.name == network.name && isSame(network, $0, comparison) }?.id
        }
        standing.images = images(of: captured, in: whole)
        for volume in captured.volumes {
            guard before.hasLike(volume), let other = whole.volumes.first(where: { $0.name == volume.name }),
                comparison.verdict(on: volume, other).isExact
            else { continue }
            standing.volumes.insert(volume.name)
        }
        let layers = WritableLayers(info: found.record.info, paths: found.paths, access: access)
        for container in captured.containers {
            guard let other = whole.containers.first(where: { $0.name == container.name }) else { continue }
            let name = found.path.objectName(captured.callName(of: container))
            if let reason = changedSetting(container, other, comparison) {
                report("\(name) is made again: \(reason)")
            } else if !before.hasLike(container, of: captured) {
                report("\(name) is made again: it is another one")
            } else if !usesStanding(container, standing, of: captured) || !canStay(container, other) {
                report("\(name) is made again")
            } else if try await isTouched(container, layer: layers.path(of: other)) {
                report("\(name) is made again: its own files were changed")
            } else {
                standing.containers[container.id] = other
            }
        }
        try await findHosts(in: found, of: captured, madeFrom: before, &standing)
        return standing
    }

    private func images(of captured: EngineRecord, in found: EngineRecord) -> [String: String]? {
        var ids: [String: String] = [:]
        for image in captured.images {
            let other = found.images.first { $0.config == image.config && Set($0.tags).isSuperset(of: image.tags) }
            guard let other else { return nil }
            ids[image.id] = other.id
        }
        return ids
    }

    private func findHosts(
        in found: ObservedEngine, of captured: EngineRecord, madeFrom before: EngineRecord, _ standing: inout Standing
    ) async throws {
        for host in captured.hosts {
            guard let other = standing.containers[host.id] else { continue }
            guard let inner = host.engine, let nested = found.nested[other.id], other.status == "running" else {
                standing.containers[host.id] = nil
                continue
            }
            standing.hosts[host.id] = StandingHost(
                engine: nested.engine, paths: nested.paths,
                inside: try await find(
                    in: nested, of: inner, madeFrom: before.containers.first { $0.name == host.name }?.engine))
        }
        let gone = captured.containers.map(\.id).filter { standing.containers[$0] == nil }
        _ = standing.drop(Set(gone), of: captured)
    }

    /// Which containers are on a network is not the network's own matter.
    private func isSame(_ network: NetworkRecord, _ other: NetworkRecord, _ comparison: EnvironmentComparison) -> Bool {
        network.isPredefined
            || comparison.verdict(on: network, other).different.allSatisfy { $0.field.hasPrefix("Containers") }
    }

    /// The setting by which a container is not the one that was made; nil where only its state may differ.
    private func changedSetting(
        _ container: ContainerRecord, _ other: ContainerRecord, _ comparison: EnvironmentComparison
    ) -> String? {
        guard made.contains(other.id) else { return "it is not the one that was made" }
        return comparison.verdict(on: container, other).different.first { !$0.field.hasPrefix("State") }?.field
    }

    /// Whether the networks and volumes that it uses stay too.
    private func usesStanding(_ container: ContainerRecord, _ standing: Standing, of captured: EngineRecord) -> Bool {
        let networks = container.inspect["NetworkSettings"]["Networks"].object?.keys ?? []
        let named = captured.volumes.filter { !$0.isAnonymous }.map(\.name)
        let volumes = container.mounts.compactMap(\.name).filter(named.contains)
        return networks.allSatisfy { standing.networks[$0] != nil } && standing.volumes.isSuperset(of: volumes)
    }

    private func canStay(_ container: ContainerRecord, _ other: ContainerRecord) -> Bool {
        guard container.inspect["HostConfig"]["AutoRemove"].bool != true else { return false }
        guard container.isUp else {
            // No engine takes a container back to "created".
            guard container.status != "created" else { return other.status == "created" }
            // To reach the captured status the container is started, where no policy may start it once more.
            let policy = container.inspect["HostConfig"]["RestartPolicy"]["Name"].string ?? ""
            let (wanted, status) = (container.inspect["State"]["ExitCode"], other.inspect["State"]["ExitCode"])
            return other.status == "exited" && (wanted == status || ["", "no"].contains(policy))
        }
        // Interfaces are numbered in the order in which networks are joined, some of them after the start.
        let networks = container.inspect["NetworkSettings"]["Networks"].object?.keys ?? []
        return other.isUp && (container.engine != nil || networks.count < 2)
    }

    /// Whether its files are such that they cannot be put back: those of a host that runs, or those of a container of
    /// which nothing was captured.
    private func isTouched(_ container: ContainerRecord, layer path: String?) async throws -> Bool {
        guard container.engine != nil || container.layer == nil else { return path == nil }
        guard let path else { return true }
        return try await trees.isTouched(path, excluding: HostLayer.exclusions(of: container))
    }
}
