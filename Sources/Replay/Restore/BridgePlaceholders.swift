// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import EnvironmentModel
import JSONTree
import LiveEnvironment

/// Takes the addresses of a default bridge that lie below the one a container is to get.
///
/// The default bridge takes no address from a request; every engine gives out the lowest that is free. For the moments in
/// which containers are started, containers that only sleep stand where others stood at capture.
actor BridgePlaceholders {
    private struct Placeholder {
        let engine: Engine
        let id: String
    }

    private static let image = "envsnap/placeholder:1"
    private var placeholders: [Placeholder] = []
    private var enginesWithImage: [Engine] = []

    /// Makes the address of a container the lowest that is free on its engine's default bridge.
    func makeRoom(for container: RestoredContainer) async throws {
        let wanted = container.captured.inspect["NetworkSettings"]["Networks"]["bridge"]["IPAddress"].string
        guard let wanted = wanted.flatMap(AddressBlock.parse), wanted.count == 4 else { return }
        let engine = container.site.engine
        let bridge = try await engine.inspectNetwork("bridge").value
        guard let subnet = bridge["IPAM"]["Config"][0]["Subnet"].string.flatMap(AddressBlock.init),
            AddressBlock(bytes: wanted, prefixLength: 32).overlaps(subnet)
        else { return }
        let members = bridge["Containers"].object?.members ?? []
        var taken = Set(members.compactMap { $0.value["IPv4Address"].string.flatMap(AddressBlock.init)?.bytes })
        let gateway = bridge["IPAM"]["Config"][0]["Gateway"].string ?? ""
        taken.insert(AddressBlock(gateway)?.bytes ?? subnet.firstHost.bytes)
        // What stands further off than that is not worth a thousand containers; the verdict shows the address.
        let first = subnet.masked.number + 1
        for number in (first..<max(first, AddressBlock.number(wanted))).prefix(250)
        where !taken.contains(AddressBlock.bytes(number)) {
            try await add(on: engine)
        }
    }

    /// Removes all that was made; one that cannot be removed does not keep the others.
    ///
    /// - Throws: the first failure.
    func removeAll() async throws {
        var failure: (any Error)?
        for placeholder in placeholders {
            do { try await placeholder.engine.removeContainer(placeholder.id, force: true, volumes: true) } catch let
                error
                as EngineError where error.code == .notFound
            {} catch { failure = failure ?? error }
        }
        for engine in enginesWithImage {
            do { _ = try await engine.removeImage(Self.image) } catch let error as EngineError
                where error.code == .notFound
            {} catch { failure = failure ?? error }
        }
        placeholders = []
        enginesWithImage = []
        if let failure { throw failure }
    }

    private func add(on engine: Engine) async throws {
        if !enginesWithImage.contains(where: { $0 === engine }) { try await addImage(on: engine) }
        let body: JSONValue = ["Image": .string(Self.image), "HostConfig": ["NetworkMode": "bridge"]]
        let id = try await engine.createContainer(name: nil, body: body).id
        placeholders.append(Placeholder(engine: engine, id: id))
        try await engine.startContainer(id)
    }

    private func addImage(on engine: Engine) async throws {
        let architecture = try await engine.info()["Architecture"].string ?? ""
        guard let program = StaticProgram.sleeping(architecture: architecture) else {
            throw ReplayError(.failed, "no program for a placeholder on the default bridge for \(architecture)")
        }
        let archive = try SmallArchive(file: "sleep", mode: 0o755, content: program.bytes)
        let name = Self.image.repositoryAndTag
        _ = try await engine.importImage(
            archive.stream, repository: name.repository, tag: name.tag, changes: [#"CMD ["/sleep"]"#])
        enginesWithImage.append(engine)
    }
}

extension AddressBlock {
    /// The address as a number; of IPv4.
    fileprivate var number: UInt32 { Self.number(bytes) }

    fileprivate static func number(_ bytes: [UInt8]) -> UInt32 { bytes.reduce(0) { $0 << 8 | UInt32($1) } }

    fileprivate static func bytes(_ number: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }
}
