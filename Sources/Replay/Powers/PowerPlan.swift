// SPDX-License-Identifier: Apache-2.0
import DockerEngine
public import EnvironmentModel
import JSONTree
import LiveEnvironment

/// All powers that a snapshot asks for, read from the requests that a replay of it sends.
public struct PowerPlan: Sendable {
    /// The requests, each once, in the order of objects and names.
    public let requests: [PowerRequest]

    /// The powers of a snapshot in a capsule, or on the engine itself below a folder.
    ///
    /// - Parameters:
    ///   - document: The snapshot's document.
    ///   - directFolder: The folder of a direct replay; nil for a capsule.
    ///   - capsuleImage: The image that was named for the capsule.
    public init(_ document: EnvironmentDocument, directFolder: String? = nil, capsuleImage: String? = nil) {
        let placement = directFolder.map { DirectPlacement.movedSources(of: document, below: $0) } ?? [:]
        let scope = PowerScope(document: document, folder: directFolder, movedSources: placement)
        var collected = directFolder == nil ? Self.capsule(document, capsuleImage) : Self.machine(document)
        collected += Self.requests(in: scope)
        var seen: Set<String> = []
        requests = collected.filter { seen.insert($0.flag).inserted }
    }

    /// What is not granted by these values of `--allow`.
    public func missing(_ allowed: Set<String>) -> [PowerRequest] { requests.filter { !allowed.contains($0.flag) } }

    private static func capsule(_ document: EnvironmentDocument, _ image: String?) -> [PowerRequest] {
        var powers: [Power] = []
        if image == nil, CapsuleImage.host(for: document.engine) != nil { powers.append(CapsulePowers.ownImage) }
        for tree in document.trees where SystemPlaces.contain(tree.path.normalPath) {
            powers.append(CapsulePowers.files(tree.path.normalPath))
        }
        return powers.map { PowerRequest(power: $0, path: ".") }
    }

    private static func machine(_ document: EnvironmentDocument) -> [PowerRequest] {
        let names = document.engine.images.flatMap(\.tags)
        guard !names.isEmpty else { return [] }
        return [PowerRequest(power: CapsulePowers.imageNames(names), path: ".")]
    }

    private static func requests(in scope: PowerScope) -> [PowerRequest] {
        var collected: [PowerRequest] = []
        for network in scope.captured.networks where !network.isPredefined {
            let body = NetworkRecipe(network: network, targetAPIMinor: 48).body
            collected += NetworkPowers(body, scope: scope).powers.map {
                PowerRequest(power: $0, path: scope.path(named: network.name))
            }
        }
        for volume in scope.captured.volumes {
            let body = VolumeRecipe(volume: volume, movedSources: scope.movedSources).body
            collected += VolumePowers(body, scope: scope).powers.map {
                PowerRequest(power: $0, path: scope.path(named: volume.name))
            }
        }
        for container in scope.captured.containers {
            for minor in versions { collected += requests(of: container, in: scope, api: minor) }
            if let inside = scope.inside(container) { collected += requests(in: inside) }
        }
        return collected
    }

    /// The versions of the API whose requests are not alike.
    static let versions = [41, 44, 48, 52]

    /// The recipe before anything is made: captured ids stand for those to come.
    static func requests(of container: ContainerRecord, in scope: PowerScope, api: Int) -> [PowerRequest] {
        let captured = scope.captured
        var scope = scope
        scope.containerIDs = Dictionary(captured.containers.map { ($0.id, $0.id) }) { $1 }
        scope.imageIDs = Dictionary(captured.images.map { ($0.id, $0.id) }) { $1 }
        let context = RecipeContext(
            captured: captured, targetInfo: ["DefaultRuntime": "runc"], targetAPIMinor: api,
            hasRandomAddresses: api >= 48, containerIDs: scope.containerIDs, movedSources: scope.movedSources,
            imageIDs: scope.imageIDs)
        let recipe = ContainerRecipe(container: container, context: context)
        let asked = ContainerPowers(
            container, body: recipe.body, connections: recipe.connections + recipe.lateConnections, scope: scope)
        return asked.powers.map { PowerRequest(power: $0, path: scope.path(of: container)) }
    }
}

/// The powers of a replay as a whole.
enum CapsulePowers {
    /// The snapshot's own image runs as the capsule.
    static let ownImage = Power(
        "privileged",
        "the capsule itself runs the snapshot's own image with all rights: it owns the machine (--capsule-image names "
            + "one of yours instead)")

    /// Files of the snapshot lie where the capsule has its own programs and settings.
    static func files(_ path: String) -> Power {
        Power(
            "capsule-files", path,
            "its files stand at \(PowerText.detail(path)) in the capsule, where the capsule's own programs and settings are"
        )
    }

    /// Images get their captured names on the machine's engine.
    static func imageNames(_ names: [String]) -> Power {
        let shown = Set(names).sorted().map(PowerText.detail).joined(separator: ", ")
        return Power("image-names", "on the machine's engine these names stand for its images from then on: \(shown)")
    }
}
