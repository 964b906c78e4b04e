// SPDX-License-Identifier: Apache-2.0
public import JSONTree
public import OCI

/// An engine with what it holds: everything for a nested engine, the project's part for the outermost one.
public struct EngineRecord: Sendable, Equatable, JSONRepresentable {
    /// The engine's answer to `GET /version`.
    public var version: JSONValue
    /// The engine's answer to `GET /info`.
    public var info: JSONValue
    /// The API version in which it was asked.
    public var apiVersion: String
    /// Its networks.
    public var networks: [NetworkRecord]
    /// Its volumes.
    public var volumes: [VolumeRecord]
    /// Its images.
    public var images: [ImageRecord]
    /// Its containers, in the order in which they were created.
    public var containers: [ContainerRecord]
    /// A pax archive of the engine's answers, byte for byte.
    public var rawAnswers: Digest?

    /// What an engine holds.
    public init(version: JSONValue, info: JSONValue, apiVersion: String) {
        self.version = version
        self.info = info
        self.apiVersion = apiVersion
        networks = []
        volumes = []
        images = []
        containers = []
    }

    /// Reads the record from its JSON form.
    public init(json: JSONValue) throws {
        version = json["version"]
        info = json["info"]
        apiVersion = try json.requiredString("apiVersion")
        networks = try json.records("networks")
        volumes = try json.records("volumes")
        images = try json.records("images")
        containers = try json.records("containers")
        rawAnswers = json["rawAnswers"].isNull ? nil : try json.requiredDigest("rawAnswers")
    }

    /// The record's JSON form.
    public var json: JSONValue {
        .compact([
            "version": version, "info": info, "apiVersion": .string(apiVersion), "networks": networks.json,
            "volumes": volumes.json, "images": images.json, "containers": containers.json,
            "rawAnswers": .optional(rawAnswers?.description),
        ])
    }
}

extension EngineRecord {
    /// The containers that are hosts.
    public var hosts: [ContainerRecord] { containers.filter { $0.engine != nil } }
    /// The engine's version, as `26.1.5`.
    public var serverVersion: String { version["Version"].string ?? "unknown" }
    /// Whether its images are in containerd's store, where an id is a manifest's digest, and not in the classic one.
    public var usesContainerdStore: Bool { Self.usesContainerdStore(info) }
    /// Whether the engine that says this of itself keeps its images in containerd's store.
    public static func usesContainerdStore(_ info: JSONValue) -> Bool {
        (info["DriverStatus"].array ?? []).contains {
            $0[0].string == "driver-type" && $0[1].string?.hasPrefix("io.containerd.snapshotter") == true
        }
    }
    /// What `GET /info` says of how containers run on it.
    var facts: JSONValue {
        let keys = [
            "Architecture", "CgroupDriver", "CgroupVersion", "DefaultRuntime", "Driver", "FirewallBackend", "OSType",
            "ServerVersion",
        ]
        return .object(JSONObject(Dictionary(uniqueKeysWithValues: keys.map { ($0, info[$0]) })))
    }
    /// The folder in which the engine keeps its data.
    public var dataRoot: String { info["DockerRootDir"].string ?? "/var/lib/docker" }
    /// The engine's id of itself.
    public var engineID: String { info["ID"].string ?? "" }

    /// The paths of the engine's machine that its containers and volumes bind, each once.
    public var bindSources: [String] {
        let mounts = containers.flatMap(\.mounts).filter { $0.type == "bind" }.map(\.source)
        let devices = volumes.compactMap { volume in
            if case .bind(let device) = volume.backing { device } else { nil }
        }
        return Set(mounts + devices).sorted()
    }

    /// Whether a port that was to be published on all addresses is published on those of IPv4 alone: then the engine's
    /// machine had no IPv6.
    public var publishesOnIPv4Alone: Bool {
        containers.contains { container in
            let host = container.inspect["HostConfig"]
            return (container.inspect["NetworkSettings"]["Ports"].object?.members ?? []).contains { port in
                let addresses = (port.value.array ?? []).compactMap { $0["HostIp"].string }
                let asked = host["PortBindings"][port.key].array
                let isForAll =
                    asked?.contains { ($0["HostIp"].string ?? "").isEmpty } ?? (host["PublishAllPorts"].bool == true)
                return isForAll && !addresses.isEmpty && !addresses.contains { $0.contains(":") }
            }
        }
    }

    /// The image under an id.
    public func image(_ id: String) -> ImageRecord? { images.first { $0.id == id } }

    /// The name by which a container is called on the command line: its service where only one has it, else its name.
    public func callName(of container: ContainerRecord) -> String {
        guard let service = container.service,
            containers.count(where: { $0.service == service }) == 1
        else { return container.name }
        return service
    }

    /// Every engine with its path, this one first, then those of its hosts, depth first.
    public func enginesWithPaths(from path: EnginePath = .outermost) -> [(path: EnginePath, engine: EngineRecord)] {
        var engines = [(path: path, engine: self)]
        for host in containers {
            guard let engine = host.engine else { continue }
            engines += engine.enginesWithPaths(from: path.appending(callName(of: host)))
        }
        return engines
    }
}

extension [ContainerRecord] {
    /// The container that is called so on the command line: by its name, or by a service that it alone has.
    public func called(_ name: String) -> ContainerRecord? {
        let byService = filter { $0.service == name }
        return first { $0.name == name } ?? (byService.count == 1 ? byService[0] : nil)
    }
}
