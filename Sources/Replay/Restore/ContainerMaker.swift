// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import EnvironmentModel
import JSONTree
import OCI
import Steps

/// Makes the containers of one engine that are not there yet, in the order in which they had been made.
struct ContainerMaker: Sendable {
    let captured: EngineRecord
    let site: Site
    /// The engine's own ids of images by the captured ones.
    let imageIDs: [String: String]
    /// Those that are there, by their captured ids.
    var standing: [String: ContainerRecord] = [:]

    /// All containers, those that were there among them.
    func makeAll(report: StepReport) async throws -> [RestoredContainer] {
        let isDone = captured.containers.allSatisfy { standing[$0.id] != nil }
        let info = isDone ? .null : try await site.engine.info().value
        var context = RecipeContext(
            captured: captured, targetInfo: info, targetAPIMinor: 0, isOlderEngine: isOlderEngine,
            hasRandomAddresses: site.engine.apiVersion >= APIVersion(1, 48), movedSources: site.movedSources,
            imageIDs: imageIDs, labels: site.labels)
        var made: [RestoredContainer] = []
        for container in try creationOrder() {
            if let found = standing[container.id] {
                context.containerIDs[container.id] = found.id
                context.volumeNames.merge(volumeNames(of: container, in: found)) { old, _ in old }
                made.append(
                    RestoredContainer(
                        captured: container, id: found.id, site: site, imageID: found.imageID, standing: found))
                continue
            }
            report("making container \(site.path.objectName(container.name))")
            let version = version(for: container)
            context.targetAPIMinor = version.minor
            let recipe = ContainerRecipe(container: container, context: context)
            let created = try await make(recipe, at: version)
            context.containerIDs[container.id] = created.id
            try await note(volumesOf: container, madeAs: created.id, in: &context)
            made.append(
                RestoredContainer(
                    captured: container, id: created.id, site: site,
                    imageID: imageIDs[container.imageID] ?? container.imageID, lateConnections: recipe.lateConnections,
                    warnings: created.warnings))
        }
        return made
    }

    private var isOlderEngine: Bool {
        guard let there = site.engine.version["ApiVersion"].string.flatMap(APIVersion.init(parsing:)),
            let here = captured.version["ApiVersion"].string.flatMap(APIVersion.init(parsing:))
        else { return false }
        return there < here
    }

    /// An anonymous volume has a new name, under which a container that is made later may use it.
    private func note(
        volumesOf container: ContainerRecord, madeAs id: String, in context: inout RecipeContext
    ) async throws {
        guard container.mounts.contains(where: { $0.name.map(anonymousVolumes.contains) ?? false }) else { return }
        let made = ContainerRecord(inspect: try await site.engine.inspectContainer(id).value)
        context.volumeNames.merge(volumeNames(of: container, in: made)) { old, _ in old }
    }

    private func volumeNames(of container: ContainerRecord, in other: ContainerRecord) -> [String: String] {
        container.volumeNames(in: other).filter { anonymousVolumes.contains($0.key) }
    }

    private var anonymousVolumes: Set<String> { Set(captured.volumes.filter(\.isAnonymous).map(\.name)) }

    /// The version of the API to make a container in.
    ///
    /// The captured one keeps the semantics under which the container was made: read-only binds, for one, become
    /// recursive from 1.44 on. Where a field would be dropped without a word, it is the first that takes it.
    private func version(for container: ContainerRecord) -> APIVersion {
        let newest = site.engine.apiVersion
        var version = APIVersion(parsing: captured.apiVersion) ?? newest
        let size = container.inspect["HostConfig"]["ConsoleSize"].array ?? []
        if size.contains(where: { $0.int ?? 0 > 0 }) { version = max(version, APIVersion(1, 42)) }
        // Engine 28 makes up MAC addresses and the order of interfaces, and takes both only when all networks come with
        // the container; a request that connects one later loses the address.
        if container.interfaces.count > 1, newest >= APIVersion(1, 48) { version = max(version, APIVersion(1, 48)) }
        return max(min(version, newest), site.engine.oldestAPIVersion)
    }

    private func make(_ recipe: ContainerRecipe, at version: APIVersion) async throws -> Created {
        let container = recipe.container
        let image = container.inspect["Config"]["Image"].string ?? ""
        let expected = imageIDs[container.imageID] ?? container.imageID
        let body = try await site.guardian?.container(recipe) ?? recipe.body
        let restoreTag = try await ImageName(image, engine: site.engine).point(to: expected)
        do {
            let created = try await site.engine.createContainer(
                name: container.name, body: body, platform: nil, at: version)
            if let guardian = site.guardian {
                try guardian.made(container, as: try await site.engine.inspectContainer(created.id).value)
            }
            for connection in recipe.connections {
                try await site.engine.connectNetwork(
                    connection.network, container: created.id, endpoint: connection.endpoint)
            }
            try await restoreTag()
            return created
        } catch {
            try await restoreTag()
            if let refusal = error as? ReplayError, refusal.code == .refused { throw refusal }
            throw ReplayError(
                .failed, "the container \(site.path.objectName(container.name)) could not be made", cause: error)
        }
    }

    /// The order of creation, with the containers before them that others take namespaces or volumes from.
    private func creationOrder() throws -> [ContainerRecord] {
        var order: [ContainerRecord] = []
        var done = Set<String>()
        func visit(_ container: ContainerRecord, _ pending: Set<String>) throws {
            guard !done.contains(container.id) else { return }
            guard !pending.contains(container.id) else {
                throw ReplayError(.failed, "the containers around \(container.name) need each other in a circle")
            }
            for donor in captured.donors(of: container) { try visit(donor, pending.union([container.id])) }
            done.insert(container.id)
            order.append(container)
        }
        for container in captured.containers { try visit(container, []) }
        return order
    }
}
