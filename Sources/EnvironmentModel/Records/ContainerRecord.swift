// SPDX-License-Identifier: Apache-2.0
public import JSONTree

/// A container with its writable layer and, where it is a host, the engine inside it.
public struct ContainerRecord: Sendable, Equatable, JSONRepresentable {
    /// The engine's answer to `GET /containers/ID/json`.
    public var inspect: JSONValue
    /// The writable layer, whiteouts and opaque folders in overlayfs' own form; absent where nothing is kept of it.
    public var layer: DataArchive?
    /// What its network namespace shows, where it runs.
    public var interfaces: [InterfaceRecord]
    /// Settings of its network namespace that inspect does not show, as `net.ipv6.conf.all.disable_ipv6`; of hosts.
    public var kernelSettings: [String: String] = [:]
    /// The content of its memory file systems (tmpfs), by the path in the container; of leaves that run.
    public var memory: [String: DataArchive] = [:]
    /// The engine that runs in it, where it is a host.
    public var engine: EngineRecord?

    /// A container as an engine shows it.
    public init(
        inspect: JSONValue, layer: DataArchive? = nil, interfaces: [InterfaceRecord] = [], engine: EngineRecord? = nil
    ) {
        self.inspect = inspect
        self.layer = layer
        self.interfaces = interfaces
        self.engine = engine
    }

    /// Reads the record from its JSON form.
    public init(json: JSONValue) throws {
        inspect = json["inspect"]
        layer = try json.record("layer")
        interfaces = try json.records("interfaces")
        engine = try json.record("engine")
        for member in json["kernelSettings"].object?.members ?? [] { kernelSettings[member.key] = member.value.string }
        for member in json["memory"].object?.members ?? [] { memory[member.key] = try DataArchive(json: member.value) }
        guard !name.isEmpty, !id.isEmpty else { throw ModelError.malformed("a container without name or id") }
    }

    /// The record's JSON form.
    public var json: JSONValue {
        .compact([
            "inspect": inspect, "layer": layer?.json ?? .null, "interfaces": interfaces.json,
            "kernelSettings": kernelSettingsJSON, "memory": .object(JSONObject(memory.mapValues(\.json))),
            "engine": engine?.json ?? .null,
        ])
    }
}

extension ContainerRecord {
    /// The settings of the network namespace as an object.
    var kernelSettingsJSON: JSONValue { .object(JSONObject(kernelSettings.mapValues(JSONValue.string))) }
    /// Which interface leads to which network, and where the default route leaves, as it is compared.
    var interfacesByName: JSONValue {
        var byName = JSONObject()
        for interface in interfaces {
            byName[interface.name] = [
                "Network": .optional(network(behind: interface)), "DefaultRoute": .bool(interface.hasDefaultRoute),
            ]
        }
        return .object(byName)
    }
    /// The network that an interface leads to.
    public func network(behind interface: InterfaceRecord) -> String? {
        let networks = inspect["NetworkSettings"]["Networks"].object?.members ?? []
        return networks.first { $0.value["MacAddress"].string == interface.macAddress }?.key
    }
    /// The container's id on the engine that was asked.
    public var id: String { inspect["Id"].string ?? "" }
    /// The container's name, without the leading slash.
    public var name: String {
        let name = inspect["Name"].string ?? ""
        return name.hasPrefix("/") ? String(name.dropFirst()) : name
    }
    /// The id of its image.
    public var imageID: String { inspect["Image"].string ?? "" }
    /// `created`, `running`, `paused`, `exited`, … as in `State.Status`.
    public var status: String { inspect["State"]["Status"].string ?? "" }
    /// Whether its processes exist: it runs or is paused.
    public var isUp: Bool { status == "running" || status == "paused" || status == "restarting" }
    /// `starting`, `healthy` or `unhealthy`; nil for a container without a health check.
    ///
    /// An engine calls a container unhealthy from the moment it is paused until its next check, also one whose checks
    /// never failed (moby's `Health.CloseMonitorChannel`); that is not what the container is.
    public var health: String? {
        let health = inspect["State"]["Health"]
        guard let status = health["Status"].string, status != "none" else { return nil }
        let wasWell = health["FailingStreak"].int == 0 && health["Log"].array?.last?["ExitCode"].int == 0
        return status == "unhealthy" && wasWell ? "healthy" : status
    }
    /// What it does, in a word or two: `running, healthy`, `exited(3)`.
    public var stateText: String {
        let state = inspect["State"]
        let killed = state["OOMKilled"].bool == true ? ", out of memory" : ""
        if status == "exited" { return "exited(\(state["ExitCode"].int ?? 0))" + killed }
        return (health.map { "\(status), \($0)" } ?? status) + killed
    }
    /// A label's value.
    public func label(_ key: String) -> String? { inspect["Config"]["Labels"][key].string }
    /// The compose project it belongs to.
    public var project: String? { label("com.docker.compose.project") }
    /// The compose service it belongs to.
    public var service: String? { label("com.docker.compose.service") }
    /// How the volumes of this container are called in another one that was made like it, by their names here: the engine
    /// makes up a new name for an anonymous one.
    public func volumeNames(in other: ContainerRecord) -> [String: String] {
        var names: [String: String] = [:]
        for mount in mounts {
            guard let name = mount.name else { continue }
            names[name] = other.mounts.first { $0.destination == mount.destination }?.name
        }
        return names
    }
    /// The paths in it that hold files in memory: tmpfs mounts of either kind.
    public var memoryPaths: [String] {
        let mounts = (inspect["HostConfig"]["Mounts"].array ?? []).filter { $0["Type"].string == "tmpfs" }
        let simple = inspect["HostConfig"]["Tmpfs"].object?.keys ?? []
        return (simple + mounts.compactMap { $0["Target"].string }).sorted()
    }
    /// What is mounted in it, in the order of the destinations.
    public var mounts: [MountPoint] {
        (inspect["Mounts"].array ?? []).map(MountPoint.init(inspect:)).sorted { $0.destination < $1.destination }
    }
}
