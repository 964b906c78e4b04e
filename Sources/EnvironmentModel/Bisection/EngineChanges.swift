// SPDX-License-Identifier: Apache-2.0
import JSONTree

/// The changes between two engines, and between those inside their hosts.
struct EngineChanges {
    let good: EngineRecord
    let bad: EngineRecord
    /// The names of the containers to pass through.
    let hosts: [String]
    let path: EnginePath

    var all: [EnvironmentChange] {
        let pairs = Pairing(good.containers, bad.containers, by: \.name).pairs
        let both = pairs.compactMap { pair in pair.captured.flatMap { one in pair.found.map { (one, $0) } } }
        let alone = pairs.compactMap { pair in
            pair.captured == nil || pair.found == nil ? container(pair.captured, pair.found) : nil
        }
        let containers = both.map { one, other in
            ContainerChanges(good: one, bad: other, engines: (good, bad), hosts: hosts, path: path)
        }
        let nested = both.flatMap { one, other -> [EnvironmentChange] in
            guard let inner = one.engine, let outer = other.engine else { return [] }
            return EngineChanges(
                good: inner, bad: outer, hosts: hosts + [one.name], path: path.appending(good.callName(of: one))
            ).all
        }
        return containers.flatMap(\.files) + volumes + containers.flatMap(\.image) + networks
            + containers.flatMap(\.settings) + alone + nested
    }

    /// A container that only one side has, with what it needs.
    private func container(_ captured: ContainerRecord?, _ found: ContainerRecord?) -> EnvironmentChange? {
        guard let container = captured ?? found else { return nil }
        let owner = captured == nil ? bad : good
        let title = "container \(path.objectName(owner.callName(of: container)))"
        let (name, hosts, bad) = (container.name, hosts, bad)
        return EnvironmentChange(.container, title, values: captured == nil ? "added" : "removed") { document in
            document.change(engineBehind: hosts) { engine in
                guard let added = found else { return engine.containers.removeAll { $0.name == name } }
                engine.takeOver(imageOf: added, from: bad)
                engine.takeOver(volumesOf: added, from: bad)
                for network in added.inspect["NetworkSettings"]["Networks"].object?.keys ?? [] {
                    engine.takeOver(network: network, from: bad)
                }
                engine.containers.append(added)
            }
        }
    }

    private var volumes: [EnvironmentChange] {
        let named = Pairing(
            good.volumes.filter { !$0.isAnonymous }, bad.volumes.filter { !$0.isAnonymous }, by: \.name)
        return named.pairs.flatMap { pair -> [EnvironmentChange] in
            guard let one = pair.captured, let other = pair.found else { return [] }
            let (name, hosts) = (one.name, hosts)
            let object = "volume \(path.objectName(name))"
            var changes: [EnvironmentChange] = []
            let fields = ["Driver", "Options", "Labels"].filter { one.inspect[$0].isOther(than: other.inspect[$0]) }
            if !fields.isEmpty {
                changes.append(
                    EnvironmentChange(.volume, object, fields.joined(separator: ", ")) { document in
                        document.change(engineBehind: hosts) { engine in
                            for index in engine.volumes.indices where engine.volumes[index].name == name {
                                engine.volumes[index].inspect = other.inspect
                            }
                        }
                    })
            }
            changes += EnvironmentChange.files(object, "", one.data, other.data) { document, archive in
                document.change(engineBehind: hosts) { engine in
                    for index in engine.volumes.indices where engine.volumes[index].name == name {
                        engine.volumes[index].data = archive
                    }
                }
            }
            return changes
        }
    }

    /// A network with the endpoints of all containers on it, whose addresses lie in its blocks.
    private var networks: [EnvironmentChange] {
        Pairing(good.networks, bad.networks, by: \.name).pairs.compactMap { pair in
            guard let name = (pair.captured ?? pair.found)?.name else { return nil }
            let fields = [
                "Driver", "EnableIPv6", "IPAM", "Internal", "Attachable", "Ingress", "Options", "Labels", "ConfigFrom",
            ].filter { field in
                guard let one = pair.captured, let other = pair.found else { return true }
                return one.inspect[field].isOther(than: other.inspect[field])
            }
            guard !fields.isEmpty else { return nil }
            let values = pair.captured == nil ? "added" : pair.found == nil ? "removed" : fields.joined(separator: ", ")
            let (hosts, bad) = (hosts, bad)
            return EnvironmentChange(.network, "network \(path.objectName(name))", values: values) { document in
                document.change(engineBehind: hosts) { engine in
                    engine.networks.removeAll { $0.name == name }
                    engine.takeOver(network: name, from: bad)
                    for container in engine.containers.map(\.name) {
                        let other = bad.containers.first { $0.name == container }
                        engine.change(container: container) { $0.takeOver(endpointOn: name, from: other) }
                    }
                }
            }
        }
    }
}

extension EngineRecord {
    /// Adds an image of another engine, and takes its tags from others.
    mutating func takeOver(imageOf container: ContainerRecord, from other: EngineRecord) {
        guard let image = other.image(container.imageID), self.image(image.id) == nil else { return }
        for index in images.indices { images[index].tags.removeAll { image.tags.contains($0) } }
        images.append(image)
    }

    /// Adds the volumes of a container that are not here.
    mutating func takeOver(volumesOf container: ContainerRecord, from other: EngineRecord) {
        for name in container.mounts.compactMap(\.name) where !volumes.contains(where: { $0.name == name }) {
            if let volume = other.volumes.first(where: { $0.name == name }) { volumes.append(volume) }
        }
    }

    /// Adds a network that is not here.
    mutating func takeOver(network name: String, from other: EngineRecord) {
        guard !networks.contains(where: { $0.name == name }),
            let network = other.networks.first(where: { $0.name == name })
        else { return }
        networks.append(network)
    }
}

extension ContainerRecord {
    /// Takes over what another container is on a network, or that it is not on it.
    mutating func takeOver(endpointOn network: String, from other: ContainerRecord?) {
        guard let other, var settings = inspect["NetworkSettings"].object,
            var networks = settings["Networks"]?.object, var whole = inspect.object
        else { return }
        let interfaces = interfaces.filter { self.network(behind: $0) != network }
        let theirs = other.interfaces.filter { other.network(behind: $0) == network }
        networks[network] = other.inspect["NetworkSettings"]["Networks"].object?[network]
        settings["Networks"] = .object(networks)
        whole["NetworkSettings"] = .object(settings)
        inspect = .object(whole)
        self.interfaces = (interfaces + theirs).sorted { $0.name < $1.name }
    }
}

extension JSONValue {
    /// Whether a value says something else; nothing, an empty string and an empty list are the same.
    func isOther(than other: JSONValue) -> Bool { self != other && !(isEmpty && other.isEmpty) }
}

extension EnvironmentChange {
    /// A change of files, where there is one.
    static func files(
        _ object: String, _ field: String, _ good: DataArchive?, _ bad: DataArchive?,
        set: @escaping @Sendable (inout EnvironmentDocument, DataArchive?) -> Void
    ) -> [EnvironmentChange] {
        guard good?.digest != bad?.digest else { return [] }
        var change = EnvironmentChange(.files, object, field) { set(&$0, bad) }
        if let good, let bad { change.archives = (good, bad) }
        change.applyArchive = { set(&$0, $1) }
        return [change]
    }
}
