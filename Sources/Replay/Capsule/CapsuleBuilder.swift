// SPDX-License-Identifier: Apache-2.0
import Archive
import DockerEngine
import EnvironmentModel
import JSONTree
import LiveEnvironment
import OCI
import Snapshots
import Steps

/// Makes the capsule of a replay: a privileged container with an engine of its own, in which names, paths, subnets,
/// addresses and ports are free, whatever the machine outside uses.
struct CapsuleBuilder: Sendable {
    let engine: Engine
    let access: any DataAccess
    let library: SnapshotLibrary
    let document: EnvironmentDocument
    let request: ReplayRequest
    let report: StepReport

    var name: String { "envsnap-\(request.name)" }

    /// Makes and starts the capsule, and waits for its engine.
    func build(from image: CapsuleImage) async throws -> (id: String, site: Site) {
        var subnets = try await subnetChooser()
        report("making the capsule \(name)")
        try await makeNetwork(&subnets)
        let mounts = try await makeVolumes()
        let hasIPv6 = try await access.kind(of: "/proc/sys/net/ipv6") != nil
        let sysctls = hasIPv6 && !document.engine.publishesOnIPv4Alone ? Self.ipv6 : [:]
        async let seeded: Void = seedImages(for: image)
        let root = CapsuleRoot(engine: engine, access: access, library: library, report: report)
        func make(_ start: EngineStart) async throws -> String {
            try await root.make(from: image) { image in
                try await engine.createContainer(name: name, body: body(image, mounts, start, sysctls: sysctls)).id
            }
        }
        var id = try await make(.containerdFirst)
        if EngineStart.containerdFirst.entrypoint(for: image.arguments) != nil, try await lacksShell(id) {
            report("the capsule's engine starts its containerd itself: its image has no /bin/sh")
            try await engine.removeContainer(id, force: true)
            id = try await make(.plain)
        }
        try await placeConfiguration(in: id, image: image, bridge: try bridgeAddress(&subnets))
        try await seeded
        report("starting the capsule")
        try await engine.startContainer(id)
        let entrance = HostEntrance(paths: .outermost, access: access, detail: { report($0) })
        let inner = try await EngineWait(parent: engine, container: id, name: name, entrance: entrance).engine()
        let inspect = try await engine.inspectContainer(id).value
        let paths = PathMap.outermost.inside(ContainerRecord(inspect: inspect))
        return (id, Site(engine: inner, path: .outermost, paths: paths, replay: request.name))
    }

    private var labels: JSONValue {
        ReplayLabels.labels(replay: request.name, snapshot: request.snapshot.hex, store: library.mark)
    }

    private func subnetChooser() async throws -> SubnetChooser {
        let networks = try await engine.listNetworks(filters: [:]).value.array ?? []
        let table = try await access.readFile(AddressBlock.machineRoutes)
        return SubnetChooser(
            environment: document.engine, machine: networks,
            routes: AddressBlock.routes(in: String(decoding: table, as: UTF8.self)))
    }

    /// Another replay that is being made may take the same subnet between the look and the request.
    private func makeNetwork(_ subnets: inout SubnetChooser) async throws {
        for _ in 0..<32 {
            do {
                _ = try await engine.createNetwork(networkBody(try subnets.next()))
                return
            } catch let error as EngineError where error.message.contains("Pool overlaps") { continue }
        }
        throw ReplayError(.conflict, "no subnet below 100.127.0.0/16 could be had", hint: "try again")
    }

    private func networkBody(_ subnet: AddressBlock) -> JSONValue {
        [
            "Name": .string(name), "CheckDuplicate": true, "Driver": "bridge", "Labels": labels,
            "IPAM": ["Driver": "default", "Config": [["Subnet": .string(subnet.description)]]],
        ]
    }

    /// One volume for the engine's data-root and one for each captured folder, at the folder's own path.
    private func makeVolumes() async throws -> [JSONValue] {
        let folders = document.trees.filter { !$0.isFile }.map(\.path)
        var mounts: [JSONValue] = []
        for (index, folder) in (["/var/lib/docker"] + folders).enumerated() {
            let volume = "\(name)-\(index)"
            _ = try await engine.createVolume(["Name": .string(volume), "Driver": "local", "Labels": labels])
            mounts.append([
                "Type": "volume", "Source": .string(volume), "Target": .string(folder),
                "VolumeOptions": ["NoCopy": true],
            ])
        }
        return mounts
    }

    /// Engines switch IPv6 off in a container without an IPv6 address; the engine inside would publish ports on IPv4 only.
    private static let ipv6: JSONValue = [
        "net.ipv6.conf.all.disable_ipv6": "0", "net.ipv6.conf.default.disable_ipv6": "0",
    ]

    private func lacksShell(_ id: String) async throws -> Bool {
        do {
            _ = try await engine.containerPathStat(id, path: "/bin/sh")
            return false
        } catch let error as EngineError where error.code == .notFound { return true }
    }

    private func body(
        _ image: CapsuleImage, _ mounts: [JSONValue], _ start: EngineStart, sysctls: JSONValue
    ) -> JSONValue {
        var body = JSONObject()
        body["Image"] = .string(image.reference)
        // Containers that share the machine's UTS namespace show the machine's name.
        body["Hostname"] = document.engine.info["Name"]
        for (key, value) in [("Entrypoint", image.entrypoint), ("Cmd", image.command), ("Env", image.environment)]
        where !value.isNull {
            body[key] = value
        }
        if let entrypoint = start.entrypoint(for: image.arguments) {
            body["Entrypoint"] = .array(entrypoint.map(JSONValue.string))
            body["Cmd"] = []
        }
        if !document.project.workingDirectory.isEmpty {
            body["WorkingDir"] = .string(document.project.workingDirectory)
        }
        body["Labels"] = labels
        body["ExposedPorts"] = .object(JSONObject(bindings.mapValues { _ in [:] }))
        body["HostConfig"] = [
            "PortBindings": .object(JSONObject(bindings)), "Privileged": true, "Sysctls": sysctls,
            "NetworkMode": .string(name), "Mounts": .array(mounts),
            "LogConfig": ["Type": "json-file", "Config": ["max-size": "10m"]],
        ]
        return .object(body)
    }

    /// At 127.0.0.1 alone: what was captured need not be fit to be reached by others.
    private var bindings: [String: JSONValue] {
        let ports = request.publications.capsulePorts(avoiding: document.engine)
        let pairs = zip(ports, request.publications).map { port, publication -> (String, JSONValue) in
            ("\(port)/tcp", [["HostIp": "127.0.0.1", "HostPort": .string(String(publication.localPort))]])
        }
        return Dictionary(uniqueKeysWithValues: pairs)
    }

    /// The address of the capsule's default bridge: the captured one where containers of the environment are on it.
    private func bridgeAddress(_ subnets: inout SubnetChooser) throws -> AddressBlock {
        let bridge = document.engine.networks.first { $0.name == "bridge" }?.inspect["IPAM"]["Config"][0]
        if let subnet = bridge?["Subnet"].string.flatMap(AddressBlock.init) {
            let gateway = bridge?["Gateway"].string.flatMap(AddressBlock.init) ?? subnet.firstHost
            return AddressBlock(bytes: gateway.bytes, prefixLength: subnet.prefixLength)
        }
        return try subnets.next().firstHost
    }

    /// Adds the bridge's address to the engine's configuration file; what the image has in it stays.
    private func placeConfiguration(in id: String, image: CapsuleImage, bridge: AddressBlock) async throws {
        let path = "/etc/docker/daemon.json"
        var configuration = try await existingConfiguration(in: id, path: path)
        guard !image.arguments.contains(where: { $0.hasPrefix("--bip") }) else { return }
        configuration["bip"] = .string(bridge.description)
        let archive = try SmallArchive(
            file: String(path.dropFirst()), mode: 0o644, content: JSONValue.object(configuration).canonicalBytes,
            folders: ["etc/docker"])
        try await engine.writeArchive(id, path: "/", archive: archive.stream)
    }

    /// Images of the environment's outermost engine, before the capsule's engine starts.
    private func seedImages(for image: CapsuleImage) async throws {
        guard image.usesOverlay2 else { return }
        let mountpoint = try await engine.inspectVolume("\(name)-0").value["Mountpoint"].string ?? ""
        guard let root = PathMap.outermost.resolve(mountpoint) else { return }
        try await DataRootSeeder(library: library, access: access, replay: request.name, report: report)
            .seed(document.engine.images, of: "the capsule", into: root)
    }

    private func existingConfiguration(in id: String, path: String) async throws -> JSONObject {
        do {
            let archive = try await engine.readArchive(id, path: path)
            let bytes = try await BlockingWork.consume(archive) { next in
                try withoutActuallyEscaping(next) { next in
                    let reader = try PaxReader(source: ChunkSource(next).read)
                    guard try reader.next() != nil else { return [UInt8]() }
                    return try reader.readAll(limit: 1 << 20)
                }
            }
            return try JSONValue(parsing: bytes).object ?? JSONObject()
        } catch let error as EngineError where error.code == .notFound {
            return JSONObject()
        }
    }
}
