// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import EnvironmentModel
import JSONTree
import LiveEnvironment

/// What of a captured engine is there already and stays: nothing in a replay, most of it in a reset.
struct Standing: Sendable {
    /// The ids of its networks, by their names.
    var networks: [String: String] = [:]
    /// The engine's own ids of its images by their captured ids, where all are there under all of their names.
    var images: [String: String]?
    /// The names of its volumes, without those that came with a container.
    var volumes: Set<String> = []
    /// Its containers as they were found, by their captured ids.
    var containers: [String: ContainerRecord] = [:]
    /// The hosts among them, which run, by their captured ids.
    var hosts: [String: StandingHost] = [:]

    /// An engine that holds nothing yet.
    static let nothing = Standing()

    /// Takes containers out, with those that join them or use their volumes; returns what was taken out.
    mutating func drop(_ ids: Set<String>, of captured: EngineRecord) -> [ContainerRecord] {
        var dropped: [ContainerRecord] = []
        var doomed = ids
        while !doomed.isEmpty {
            for id in doomed {
                hosts[id] = nil
                if let container = containers.removeValue(forKey: id) { dropped.append(container) }
            }
            let missing = Set(captured.containers.map(\.id)).subtracting(containers.keys)
            doomed = Set(
                captured.containers.filter { container in
                    containers[container.id] != nil
                        && captured.donors(of: container).contains { missing.contains($0.id) }
                }.map(\.id))
        }
        return dropped
    }
}

/// A host that goes on running, with its engine.
struct StandingHost: Sendable {
    /// The connection to the engine inside.
    let engine: Engine
    /// Where that engine's files lie.
    let paths: PathMap
    /// What stays in it.
    var inside: Standing
}

extension EngineRecord {
    /// The containers that have to be there before another one, which takes namespaces, volumes or addresses from them.
    func donors(of container: ContainerRecord) -> [ContainerRecord] {
        let host = container.inspect["HostConfig"]
        let modes = ["NetworkMode", "IpcMode", "PidMode"].compactMap { host[$0].string?.afterPrefix("container:") }
        let volumes = host["VolumesFrom"].strings.map { String($0.prefix { $0 != ":" }) }
        let links = host["Links"].strings.compactMap { $0.split(separator: ":").first?.dropFirst() }.map(String.init)
        let wanted = Set(modes + volumes + links)
        return containers.filter { wanted.contains($0.id) || wanted.contains($0.name) }
    }
}
