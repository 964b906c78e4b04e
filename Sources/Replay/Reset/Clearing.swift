// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import EnvironmentModel
import JSONTree
import LiveEnvironment
import Steps

/// Takes away what does not stay of a replay, at all levels, and stops what stays and runs.
struct Clearing: Sendable {
    /// The replay's name, where only what bears its labels may be touched on the outermost engine.
    let label: String?
    let access: any DataAccess
    let report: StepReport

    /// Clears an engine and those inside the hosts that stay.
    func clear(_ found: ObservedEngine, of captured: EngineRecord, except standing: Standing) async throws {
        let running = Set(standing.hosts.keys.compactMap { standing.containers[$0]?.id })
        let stays = Set(standing.containers.values.map(\.id))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for host in captured.hosts {
                guard let inside = standing.hosts[host.id]?.inside, let id = standing.containers[host.id]?.id,
                    let nested = found.nested[id], let inner = host.engine
                else { continue }
                group.addTask { try await clear(nested, of: inner, except: inside) }
            }
            for container in found.record.containers where !running.contains(container.id) {
                if stays.contains(container.id) {
                    group.addTask { try await stop(container, at: found) }
                } else if isOurs(container.inspect["Config"]["Labels"], at: found) {
                    group.addTask { try await remove(container, at: found) }
                }
            }
            try await group.waitForAll()
        }
        try await removeNetworks(of: found, except: Set(standing.networks.values))
        let mounted = standing.containers.values.flatMap { $0.mounts.compactMap(\.name) }
        try await removeVolumes(of: found, except: standing.volumes.union(mounted))
        if found.path != .outermost || label == nil {
            try await ExtraImages(engine: found.engine, report: report).remove(from: found.record, except: captured)
        }
    }

    private func isOurs(_ labels: JSONValue, at found: ObservedEngine) -> Bool {
        guard let label, found.path == .outermost else { return true }
        return labels[ReplayLabels.replay].string == label
    }

    /// Its processes end at once: what they might still write is put back anyway.
    private func stop(_ container: ContainerRecord, at found: ObservedEngine) async throws {
        guard container.isUp else { return }
        report("stopping \(found.path.objectName(container.name))")
        let policy = container.inspect["HostConfig"]["RestartPolicy"]["Name"].string ?? ""
        if !["", "no"].contains(policy) {
            // It is set again when everything is up.
            let none: JSONValue = ["RestartPolicy": ["Name": "no", "MaximumRetryCount": 0]]
            _ = try await found.engine.updateContainer(container.id, body: none)
        }
        do { try await found.engine.killContainer(container.id) } catch let error as EngineError
            where error.code == .conflict || error.code == .notFound
        {}
        _ = try await found.engine.waitContainer(container.id, until: .notRunning, timeLimit: .after(.seconds(30)))
        try await ContainerLog(container: container, paths: found.paths, access: access).remove()
    }

    private func remove(_ container: ContainerRecord, at found: ObservedEngine) async throws {
        report("removing \(found.path.objectName(container.name))")
        // Frozen processes do not die with their host (moby issue 35643).
        if found.nested[container.id] != nil { await Thaw.all(inside: container.id, on: found.engine) }
        try await ignoringAbsence {
            try await found.engine.removeContainer(container.id, force: true, volumes: true)
        }
    }

    private func removeNetworks(of found: ObservedEngine, except standing: Set<String>) async throws {
        for network in found.record.networks where !network.isPredefined && !standing.contains(network.id) {
            guard isOurs(network.inspect["Labels"], at: found) else { continue }
            report("removing network \(found.path.objectName(network.name))")
            try await ignoringAbsence { try await found.engine.removeNetwork(network.id) }
        }
    }

    private func removeVolumes(of found: ObservedEngine, except standing: Set<String>) async throws {
        for volume in found.record.volumes where !standing.contains(volume.name) {
            guard isOurs(volume.inspect["Labels"], at: found) else { continue }
            report("removing volume \(found.path.objectName(volume.name))")
            try await ignoringAbsence { try await found.engine.removeVolume(volume.name) }
        }
    }
}

/// Runs a removal; that the object is gone already is no failure.
func ignoringAbsence(_ body: () async throws -> Void) async throws {
    do { try await body() } catch let error as EngineError where error.code == .notFound { return }
}
