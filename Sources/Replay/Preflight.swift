import Catalogue
// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import EnvironmentModel
import JSONTree
import LiveEnvironment
import OCI

/// Finds everything that stands in the way of a replay before anything is made.
struct Preflight: Sendable {
    let engine: Engine
    let document: EnvironmentDocument
    let request: ReplayRequest
    let access: any DataAccess

    /// - Throws: `ReplayError` with the whole list of conflicts.
    func check() async throws {
        try checkPublications()
        let conflicts = request.mode == .capsule ? try await capsuleConflicts() : try await directConflicts()
        guard conflicts.isEmpty else {
            throw ReplayError(
                .conflict,
                "the replay \(request.name) would collide with what is there:\n  "
                    + conflicts.joined(separator: "\n  "),
                hint: request.mode == .capsule
                    ? "choose another name with --as, or take the old one down: envsnap down \(request.name)"
                    : "leave --direct away: in a capsule nothing collides")
        }
    }

    private func checkPublications() throws {
        for publication in request.publications {
            guard document.engine.hasContainer(publication.names[...]) else {
                throw ReplayError(
                    .noSuchPath,
                    "no container \"\(publication.container)\" in the snapshot, of which a port could be published",
                    hint: "envsnap show lists them")
            }
        }
    }

    private func capsuleConflicts() async throws -> [String] {
        let name = "envsnap-\(request.name)"
        return try await taken(containers: [name], networks: [name], volumes: [])
    }

    private func directConflicts() async throws -> [String] {
        let captured = document.engine
        var conflicts = try await taken(
            containers: Set(captured.containers.map(\.name)),
            networks: Set(captured.networks.filter { !$0.isPredefined }.map(\.name)),
            volumes: captured.volumesByName)
        conflicts += try await projectConflicts()
        conflicts += try await subnetConflicts()
        conflicts += try await portConflicts()
        conflicts += try await tagConflicts()
        return conflicts
    }

    private func taken(containers: Set<String>, networks: Set<String>, volumes: Set<String>) async throws -> [String] {
        var conflicts: [String] = []
        for container in try await engine.listContainers().value.array ?? [] {
            for name in container["Names"].strings.map({ String($0.dropFirst()) }) where containers.contains(name) {
                conflicts.append("a container \(name) exists")
            }
        }
        for network in try await engine.listNetworks(filters: [:]).value.array ?? [] {
            if let name = network["Name"].string, networks.contains(name) {
                conflicts.append("a network \(name) exists")
            }
        }
        for volume in try await engine.listVolumes(filters: [:]).value["Volumes"].array ?? [] {
            if let name = volume["Name"].string, volumes.contains(name) { conflicts.append("a volume \(name) exists") }
        }
        return conflicts
    }

    /// What bears the project's label is taken for a part of the replay when the two are compared, and probed.
    private func projectConflicts() async throws -> [String] {
        let project = document.project.name
        let captured = Set(document.engine.containers.map(\.name))
        return try await (engine.listContainers().value.array ?? []).filter {
            $0["Labels"]["com.docker.compose.project"].string == project
        }.flatMap { $0["Names"].strings.map { String($0.dropFirst()) } }.filter { !captured.contains($0) }.map {
            "the container \($0) belongs to a project \(project)"
        }
    }

    private func subnetConflicts() async throws -> [String] {
        var used: [(AddressBlock, String)] = []
        for network in try await engine.listNetworks(filters: [:]).value.array ?? [] {
            for block in Self.subnets(network) { used.append((block, "network \(network["Name"].string ?? "")")) }
        }
        let table = String(decoding: try await access.readFile(AddressBlock.machineRoutes), as: UTF8.self)
        used += AddressBlock.routes(in: table).filter { $0.prefixLength > 0 }.map { ($0, "a route of the machine") }
        var conflicts: [String] = []
        for network in document.engine.networks where !network.isPredefined {
            for subnet in Self.subnets(network.inspect) {
                guard let other = used.first(where: { $0.0.overlaps(subnet) }) else { continue }
                conflicts.append("the subnet \(subnet) of \(network.name) overlaps with \(other.0) (\(other.1))")
            }
        }
        return conflicts
    }

    private func portConflicts() async throws -> [String] {
        var used: [String: String] = [:]
        for container in try await engine.listContainers().value.array ?? [] {
            for port in container["Ports"].array ?? [] {
                guard let number = port["PublicPort"].int else { continue }
                used["\(number)/\(port["Type"].string ?? "tcp")"] = container["Names"].strings.first ?? ""
            }
        }
        var conflicts: [String] = []
        for container in document.engine.containers where container.isUp {
            for port in container.inspect["NetworkSettings"]["Ports"].object?.members ?? [] {
                let kind = port.key.split(separator: "/").last.map(String.init) ?? "tcp"
                for number in Set((port.value.array ?? []).compactMap { $0["HostPort"].string }) {
                    guard let holder = used["\(number)/\(kind)"] else { continue }
                    conflicts.append(
                        "the port \(number)/\(kind) of \(container.name) is taken by \(holder.dropFirst())")
                }
            }
        }
        return conflicts
    }

    private func tagConflicts() async throws -> [String] {
        var conflicts: [String] = []
        for image in document.engine.images {
            for tag in image.tags {
                do {
                    let found = try await engine.inspectImage(tag).value
                    // Either store's id names the image; across stores its layers tell it from another.
                    let isSame =
                        [image.config.description, image.id].contains(found["Id"].string)
                        || found["RootFS"]["Layers"].strings == image.layers.map(\.description)
                    if !isSame { conflicts.append("the tag \(tag) stands for another image") }
                } catch let error as EngineError where error.code == .notFound { continue }
            }
        }
        return conflicts
    }

    private static func subnets(_ network: JSONValue) -> [AddressBlock] {
        (network["IPAM"]["Config"].array ?? []).compactMap { $0["Subnet"].string.flatMap(AddressBlock.init) }
    }
}

extension EngineRecord {
    /// Whether names, of services or containers, lead through hosts to a container.
    fileprivate func hasContainer(_ names: ArraySlice<String>) -> Bool {
        guard let name = names.first else { return false }
        let matching = containers.filter { $0.name == name || callName(of: $0) == name }
        return names.count == 1
            ? !matching.isEmpty : matching.contains { $0.engine?.hasContainer(names.dropFirst()) == true }
    }
}
