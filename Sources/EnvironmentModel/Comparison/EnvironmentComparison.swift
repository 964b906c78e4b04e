// SPDX-License-Identifier: Apache-2.0
import JSONTree
import OCI

/// Compares an environment as it was captured with one that was found, engine by engine.
public struct EnvironmentComparison {
    let captured: EngineRecord
    let found: EngineRecord
    let path: EnginePath
    private let purpose: ComparisonPurpose
    private var context: ComparisonContext
    private let capturedIdentities: IdentityMap
    private let foundIdentities: IdentityMap

    /// A comparison of one engine and all engines inside its hosts.
    public init(
        captured: EngineRecord, found: EngineRecord, path: EnginePath = .outermost,
        purpose: ComparisonPurpose = .verdict
    ) {
        self.captured = captured
        self.found = found
        self.path = path
        self.purpose = purpose
        context = ComparisonContext(purpose: purpose, capturedInfo: captured.info, foundInfo: found.info)
        let networks = captured.networks.filter { $0.inspect["Internal"].bool == true }
        context.internalNetworks = Set(networks.map(\.name))
        capturedIdentities = IdentityMap(captured)
        foundIdentities = IdentityMap(found)
    }

    /// Compares everything.
    public func verdict() -> Verdict {
        var verdict = Verdict()
        verdict.add(compareEngineFacts())
        verdict.add(compareNetworks())
        verdict.add(compareVolumes())
        verdict.add(compareImages())
        verdict.add(compareContainers())
        for nested in nested { verdict.add(nested.verdict()) }
        return verdict
    }

    /// The comparisons of the engines inside the hosts that both sides have.
    var nested: [EnvironmentComparison] {
        captured.containers.compactMap { host in
            guard let engine = host.engine, let other = found.containers.first(where: { $0.name == host.name })?.engine
            else { return nil }
            return EnvironmentComparison(
                captured: engine, found: other, path: path.appending(captured.callName(of: host)), purpose: purpose)
        }
    }

    /// Which image is compared with which: in a verdict by content, for people by tag.
    var images: Pairing<ImageRecord> {
        purpose.isByName && !purpose.isOfReplay
            ? Pairing(byTag: captured.images, found.images)
            : Pairing(captured.images, found.images, by: \.config.description)
    }

    /// An image as findings name it; of two by a tag that both have.
    func subject(_ image: ImageRecord, and other: ImageRecord? = nil) -> ComparedObject {
        let shared = image.tags.first { other?.tags.contains($0) ?? false }
        return ComparedObject(.image, path, shared ?? image.tags.first ?? image.id)
    }

    /// Facts of the engine that decide how its containers behave.
    private func compareEngineFacts() -> Verdict {
        let rules = path == .outermost ? AllowedDifference.outermostEngine : AllowedDifference.nestedEngine
        var comparison = ObjectComparison(subject: ComparedObject(.engine, path), rules: rules, context: context)
        comparison.compare(captured.facts, found.facts)
        return comparison.verdict
    }

    private func compareContainers() -> Verdict {
        compare(
            Pairing(captured.containers, found.containers, by: \.name), subject: subject, each: verdict)
    }

    /// Compares a container of the engine with the one that was found under its name.
    public func verdict(on captured: ContainerRecord, _ found: ContainerRecord) -> Verdict {
        let subject = subject(captured)
        var verdict = compareEngines(captured, found, of: subject)
        let shortIDs: Set = [String(captured.id.prefix(12)), String(found.id.prefix(12))]
        let before = Normalisation(identities: capturedIdentities, shortIDs: shortIDs, purpose: purpose)
        let after = Normalisation(identities: foundIdentities, shortIDs: shortIDs, purpose: purpose)
        var comparison = comparison(
            subject, AllowedDifference.container + AllowedDifference.composeReplaced,
            of: before.inOrder(captured), and: after.inOrder(found))
        comparison.compare(before.container(captured), after.container(found))
        comparison.compare(
            ["KernelSettings": captured.kernelSettingsJSON], ["KernelSettings": found.kernelSettingsJSON])
        if !captured.interfaces.isEmpty, !found.interfaces.isEmpty {
            comparison.compare(["Interfaces": captured.interfacesByName], ["Interfaces": found.interfacesByName])
        }
        verdict.add(comparison.verdict)
        return verdict
    }

    private func subject(_ container: ContainerRecord) -> ComparedObject {
        let engine = captured.containers.contains { $0.id == container.id } ? captured : found
        return ComparedObject(
            .container, path, container.name, callName: engine.callName(of: container),
            isHost: container.engine != nil)
    }

    /// A host whose engine is gone, or an engine where there was none.
    private func compareEngines(
        _ captured: ContainerRecord, _ found: ContainerRecord, of subject: ComparedObject
    ) -> Verdict {
        var verdict = Verdict()
        verdict.compared = 1
        guard (captured.engine == nil) != (found.engine == nil) else { return verdict }
        verdict.different.append(
            FieldFinding(
                subject: subject, field: "engine", captured: .bool(captured.engine != nil),
                found: .bool(found.engine != nil), reason: nil))
        return verdict
    }

    private func compareNetworks() -> Verdict {
        compare(Pairing(captured.networks, found.networks, by: \.name), subject: subject, each: verdict)
    }

    private func subject(_ network: NetworkRecord) -> ComparedObject { ComparedObject(.network, path, network.name) }

    /// Compares a network of the engine with the one that was found under its name.
    public func verdict(on captured: NetworkRecord, _ found: NetworkRecord) -> Verdict {
        var comparison = comparison(
            subject(captured), AllowedDifference.network, of: captured.inspect, and: found.inspect)
        comparison.compare(
            Normalisation(identities: capturedIdentities, shortIDs: [], purpose: purpose).network(captured),
            Normalisation(identities: foundIdentities, shortIDs: [], purpose: purpose).network(found))
        return comparison.verdict
    }

    private func compareVolumes() -> Verdict {
        let pairing = Pairing(
            captured.volumes.map { Named($0, capturedIdentities.name(of: $0.name)) },
            found.volumes.map { Named($0, foundIdentities.name(of: $0.name)) }, by: \.name)
        return compare(pairing, subject: { ComparedObject(.volume, path, $0.name) }) {
            verdict(onVolume: $0.name, $0.value, $1.value)
        }
    }

    /// Compares a volume of the engine with the one that was found for it.
    public func verdict(on captured: VolumeRecord, _ found: VolumeRecord) -> Verdict {
        verdict(onVolume: captured.name, captured, found)
    }

    private func verdict(onVolume name: String, _ captured: VolumeRecord, _ found: VolumeRecord) -> Verdict {
        var comparison = comparison(ComparedObject(.volume, path, name), AllowedDifference.volume)
        comparison.compare(
            capturedIdentities.replacingIDs(in: captured.inspect), foundIdentities.replacingIDs(in: found.inspect))
        return comparison.verdict
    }

    private func compareImages() -> Verdict {
        let subject: (ImageRecord) -> ComparedObject = {
            purpose.isByName ? self.subject($0) : ComparedObject(.image, path, $0.config.description)
        }
        return compare(images, subject: subject) { captured, found in
            var comparison = comparison(self.subject(captured, and: found), AllowedDifference.image)
            comparison.compare(identity(of: captured), identity(of: found))
            return comparison.verdict
        }
    }

    private func identity(of image: ImageRecord) -> JSONValue {
        [
            "Config": .string(image.config.description), "Layers": .array(image.layers.map { .string($0.description) }),
            "RepoTags": tags(of: image), "Manifest": .optional(image.manifest),
        ]
    }

    private func tags(of image: ImageRecord) -> JSONValue {
        guard purpose.isByName else { return .array(image.tags.sorted().map(JSONValue.string)) }
        var tags = JSONObject()
        for tag in image.tags { tags[tag] = .bool(true) }
        return .object(tags)
    }

    private func comparison(
        _ subject: ComparedObject, _ rules: [AllowedDifference], of object: JSONValue = .null,
        and other: JSONValue = .null
    ) -> ObjectComparison {
        var context = context
        context.object = object
        context.other = other
        return ObjectComparison(subject: subject, rules: rules, context: context)
    }

    /// Compares the objects of one kind; one that is missing on either side is a difference.
    private func compare<Object>(
        _ pairing: Pairing<Object>, subject: (Object) -> ComparedObject, each: (Object, Object) -> Verdict
    ) -> Verdict {
        var verdict = Verdict()
        for pair in pairing.pairs {
            if let captured = pair.captured, let found = pair.found {
                verdict.add(each(captured, found))
            } else if let object = pair.captured ?? pair.found {
                verdict.compared += 1
                verdict.different.append(.existence(of: subject(object), isCaptured: pair.captured != nil))
            }
        }
        return verdict
    }
}

extension FieldFinding {
    /// An object that only one of the two sides has.
    static func existence(of subject: ComparedObject, isCaptured: Bool) -> FieldFinding {
        FieldFinding(
            subject: subject, field: "exists", captured: .bool(isCaptured), found: .bool(!isCaptured), reason: nil)
    }
}

/// An object under a name that is not its own.
struct Named<Value> {
    let value: Value
    let name: String

    init(_ value: Value, _ name: String) {
        self.value = value
        self.name = name
    }
}
