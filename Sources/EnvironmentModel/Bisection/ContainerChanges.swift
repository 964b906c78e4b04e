// SPDX-License-Identifier: Apache-2.0
import JSONTree

/// The changes between two containers of one name.
struct ContainerChanges {
    let good: ContainerRecord
    let bad: ContainerRecord
    /// The engines that they are of.
    let engines: (good: EngineRecord, bad: EngineRecord)
    let hosts: [String]
    let path: EnginePath

    /// Fields of `HostConfig` that say what is mounted.
    private static let mountFields: Set = ["Binds", "Mounts", "VolumesFrom", "Tmpfs", "VolumeDriver"]
    /// Fields of `HostConfig` in which the ids of other containers may stand, or what an engine fills in by itself.
    private static let ownFields: Set = ["ContainerIDFile", "ConsoleSize", "MaskedPaths", "ReadonlyPaths", "Links"]

    private var object: String { "container \(path.objectName(engines.good.callName(of: good)))" }

    private func change(
        _ kind: EnvironmentChange.Kind, _ field: String, values: String? = nil,
        _ body: @escaping @Sendable (inout ContainerRecord) -> Void
    ) -> EnvironmentChange {
        let (name, hosts) = (good.name, hosts)
        return EnvironmentChange(kind, object, field, values: values) { document in
            document.change(engineBehind: hosts) { $0.change(container: name, body) }
        }
    }

    /// The writable layer, memory file systems, and the volumes that have no name of their own.
    var files: [EnvironmentChange] {
        let (name, hosts) = (good.name, hosts)
        func set(_ body: @escaping @Sendable (inout ContainerRecord, DataArchive?) -> Void)
            -> @Sendable (inout EnvironmentDocument, DataArchive?) -> Void
        {
            return { document, archive in
                document.change(engineBehind: hosts) { $0.change(container: name) { body(&$0, archive) } }
            }
        }
        var changes = EnvironmentChange.files(
            object, "writable layer", good.layer, bad.layer, set: set { $0.layer = $1 })
        for place in Set(good.memory.keys).union(bad.memory.keys).sorted() {
            changes += EnvironmentChange.files(
                object, "memory at \(place)", good.memory[place], bad.memory[place],
                set: set { $0.memory[place] = $1 })
        }
        return changes + anonymousVolumes
    }

    private var anonymousVolumes: [EnvironmentChange] {
        let names = good.volumeNames(in: bad)
        return good.mounts.flatMap { mount -> [EnvironmentChange] in
            guard let name = mount.name, let other = names[name],
                let one = engines.good.volumes.first(where: { $0.name == name }), one.isAnonymous,
                let found = engines.bad.volumes.first(where: { $0.name == other })
            else { return [] }
            let hosts = hosts
            return EnvironmentChange.files(object, "volume at \(mount.destination)", one.data, found.data) {
                document, archive in
                document.change(engineBehind: hosts) { engine in
                    for index in engine.volumes.indices where engine.volumes[index].name == name {
                        engine.volumes[index].data = archive
                    }
                }
            }
        }
    }

    /// The image, which is one change whatever of its configuration the container has taken over.
    var image: [EnvironmentChange] {
        let (one, other) = (engines.good.image(good.imageID), engines.bad.image(bad.imageID))
        guard one?.config != other?.config else { return [] }
        let (name, hosts, engine, bad) = (good.name, hosts, engines.bad, bad)
        let (before, after) = (good.inspect["Config"]["Image"].string, bad.inspect["Config"]["Image"].string)
        let values = before == after ? before : "\(before ?? "?") → \(after ?? "?")"
        return [
            EnvironmentChange(.image, object, "image", values: values) { document in
                document.change(engineBehind: hosts) { here in
                    here.takeOver(imageOf: bad, from: engine)
                    here.change(container: name) { container in
                        container.inspect.set(["Image"], to: bad.inspect["Image"])
                        container.inspect.set(["Config", "Image"], to: bad.inspect["Config"]["Image"])
                    }
                }
            }
        ]
    }

    /// Everything else.
    var settings: [EnvironmentChange] {
        variables + fields("Config", without: ["Env", "Image", "Hostname", "Volumes"]) + hostname
            + fields("HostConfig", without: Self.mountFields.union(Self.ownFields)) + mounts + endpoints + state
            + kernelSettings
    }

    private var variables: [EnvironmentChange] {
        let (one, other) = (good.environment, bad.environment)
        return Set(one.keys).union(other.keys).sorted().filter { one[$0] != other[$0] }.map { variable in
            let value = other[variable]
            return change(.environment, variable) { container in
                var list = container.inspect["Config"]["Env"].strings
                let index = list.firstIndex { $0.hasPrefix(variable + "=") }
                if let index { list.remove(at: index) }
                if let value { list.insert("\(variable)=\(value)", at: index ?? list.count) }
                container.inspect.set(["Config", "Env"], to: .array(list.map(JSONValue.string)))
            }
        }
    }

    /// An engine calls a container by its short id unless told otherwise.
    private var hostname: [EnvironmentChange] {
        let (one, other) = (good.inspect["Config"]["Hostname"], bad.inspect["Config"]["Hostname"])
        let isMade =
            one.string == String(good.id.prefix(12)) && other.string == String(bad.id.prefix(12))
        guard one != other, !isMade else { return [] }
        return [change(.setting, "Hostname") { $0.inspect.set(["Config", "Hostname"], to: other) }]
    }

    private func fields(_ section: String, without left: Set<String>) -> [EnvironmentChange] {
        let (one, other) = (good.inspect[section].object, bad.inspect[section].object)
        let keys = Set(one?.keys ?? []).union(other?.keys ?? []).subtracting(left).sorted()
        return keys.compactMap { key in
            let value = other?[key] ?? .null
            guard (one?[key] ?? .null).plain(key).isOther(than: value.plain(key)) else { return nil }
            let kind: EnvironmentChange.Kind = key == "NetworkMode" ? .network : .setting
            return change(kind, key) { $0.inspect.set([section, key], to: value) }
        }
    }

    private var mounts: [EnvironmentChange] {
        func look(_ container: ContainerRecord, _ engine: EngineRecord) -> [[String]] {
            container.mounts.map { mount in
                let volume = engine.volumes.first { $0.name == mount.name }
                let source = volume?.isAnonymous == true ? "" : mount.name ?? mount.source
                return [mount.type, source, mount.destination, "\(mount.isWritable)"]
            }
        }
        let same = look(good, engines.good) == look(bad, engines.bad)
        let tmpfs = good.inspect["HostConfig"]["Tmpfs"].isOther(than: bad.inspect["HostConfig"]["Tmpfs"])
        guard !same || tmpfs else { return [] }
        let (name, hosts, engine, bad) = (good.name, hosts, engines.bad, bad)
        return [
            EnvironmentChange(.volume, object, "mounts") { document in
                document.change(engineBehind: hosts) { here in
                    here.takeOver(volumesOf: bad, from: engine)
                    here.change(container: name) { container in
                        container.inspect.set(["Mounts"], to: bad.inspect["Mounts"])
                        container.inspect.set(["Config", "Volumes"], to: bad.inspect["Config"]["Volumes"])
                        for field in Self.mountFields {
                            container.inspect.set(["HostConfig", field], to: bad.inspect["HostConfig"][field])
                        }
                    }
                }
            }
        ]
    }

    /// What it is on networks that are the same on both sides.
    private var endpoints: [EnvironmentChange] {
        func endpoint(_ container: ContainerRecord, _ network: String) -> JSONValue {
            let settings = container.inspect["NetworkSettings"]["Networks"][network]
            guard !settings.isNull else { return .null }
            let own = [String(container.id.prefix(12)), container.name, container.service]
            let aliases = settings["Aliases"].strings.filter { !own.contains($0) }.sorted()
            return [
                "IPAddress": settings["IPAddress"], "GlobalIPv6Address": settings["GlobalIPv6Address"],
                "Aliases": .array(aliases.map(JSONValue.string)), "Links": settings["Links"],
                "DriverOpts": settings["DriverOpts"],
            ]
        }
        func names(_ container: ContainerRecord) -> Set<String> {
            Set(container.inspect["NetworkSettings"]["Networks"].object?.keys ?? [])
        }
        let shared = Set(engines.good.networks.map(\.name)).intersection(engines.bad.networks.map(\.name))
        return names(good).union(names(bad)).intersection(shared).sorted().compactMap { network in
            guard endpoint(good, network) != endpoint(bad, network) else { return nil }
            let other = bad
            return change(.network, "on network \(network)") { $0.takeOver(endpointOn: network, from: other) }
        }
    }

    private var state: [EnvironmentChange] {
        let ended = (good.inspect["State"]["ExitCode"], bad.inspect["State"]["ExitCode"])
        guard good.status != bad.status || !good.isUp && ended.0 != ended.1 else { return [] }
        let other = bad
        return [
            change(.state, "state", values: "\(good.stateText) → \(bad.stateText)") { container in
                container.inspect.set(["State"], to: other.inspect["State"])
                if !other.isUp { container.interfaces = [] }
            }
        ]
    }

    private var kernelSettings: [EnvironmentChange] {
        guard good.kernelSettings != bad.kernelSettings else { return [] }
        let settings = bad.kernelSettings
        return [change(.network, "settings of the kernel") { $0.kernelSettings = settings }]
    }
}

extension ContainerRecord {
    /// The variables of its environment.
    fileprivate var environment: [String: String] {
        let pairs = inspect["Config"]["Env"].strings.map { variable in
            let parts = variable.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
        }
        return Dictionary(pairs, uniquingKeysWith: { _, last in last })
    }
}

extension JSONValue {
    /// Sets a value below members that are objects.
    fileprivate mutating func set(_ keys: ArraySlice<String>, to value: JSONValue) {
        guard let key = keys.first else {
            self = value
            return
        }
        var object = self.object ?? JSONObject()
        var inner = object[key] ?? .null
        inner.set(keys.dropFirst(), to: value)
        object[key] = inner
        self = .object(object)
    }

    fileprivate mutating func set(_ keys: [String], to value: JSONValue) { set(keys[...], to: value) }

    /// Labels without those in which compose writes down how it made a container.
    fileprivate func plain(_ key: String) -> JSONValue {
        guard key == "Labels", let object else { return self }
        var plain = JSONObject()
        for member in object.members where !member.key.hasPrefix("com.docker.compose.") {
            plain[member.key] = member.value
        }
        return .object(plain)
    }
}
