// SPDX-License-Identifier: Apache-2.0
import JSONTree
import OCI

/// Compares an environment as it was captured with one that was found, engine by engine.
public struct EnvironmentComparison {
    private let captured: EngineRecord
    private let found: EngineRecord
    private let path: EnginePath
    private var context: ComparisonContext
    private let capturedIdentities: IdentityMap
    private let foundIdentities: IdentityMap

    /// A comparison of one engine and all engines inside its hosts.
    public init(captured: EngineRecord, found: EngineRecord, path: EnginePath = .outermost) {
        self.captured = captured
        self.found = found
        self.path = path
        context = ComparisonContext(capturedInfo: captured.info, foundInfo: found.info)
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
        for host in captured.containers {
            guard let engine = host.engine, let other = found.containers.first(where: { $0.name == host.name })?.engine
            else { continue }
            let path = path.appending(captured.callName(of: host))
            verdict.add(EnvironmentComparison(captured: engine, found: other, path: path).verdict())
        }
        return verdict
    }

    /// Facts of the engine that decide how its containers behave.
    private func compareEngineFacts() -> Verdict {
        let rules = path == .outermost ? AllowedDifference.outermostEngine : AllowedDifference.nestedEngine
        var comparison = ObjectComparison(object: "engine \(path)", rules: rules, context: context)
        comparison.compare(captured.facts, found.facts)
        return comparison.verdict
    }

    private func compareContainers() -> Verdict {
        compare("container", captured.containers, found.containers, key: \.name, each: verdict)
    }

    /// Compares a container of the engine with the one that was found under its name.
    public func verdict(on captured: ContainerRecord, _ found: ContainerRecord) -> Verdict {
        var verdict = compareEngines(captured, found)
        let shortIDs: Set = [String(captured.id.prefix(12)), String(found.id.prefix(12))]
        let before = Normalisation(identities: capturedIdentities, shortIDs: shortIDs).container(captured)
        let after = Normalisation(identities: foundIdentities, shortIDs: shortIDs).container(found)
        var comparison = comparison("container", captured.name, AllowedDifference.container, of: before)
        comparison.compare(before, after)
        comparison.compare(
            ["KernelSettings": captured.kernelSettingsJSON], ["KernelSettings": found.kernelSettingsJSON])
        if !captured.interfaces.isEmpty, !found.interfaces.isEmpty {
            comparison.compare(["Interfaces": captured.interfacesByName], ["Interfaces": found.interfacesByName])
        }
        verdict.add(comparison.verdict)
        return verdict
    }

    /// A host whose engine is gone, or an engine where there was none.
    private func compareEngines(_ captured: ContainerRecord, _ found: ContainerRecord) -> Verdict {
        var verdict = Verdict()
        verdict.compared = 1
        guard (captured.engine == nil) != (found.engine == nil) else { return verdict }
        verdict.different.append(
            FieldFinding(
                object: "container \(path.objectName(captured.name))", field: "engine",
                captured: .bool(captured.engine != nil), found: .bool(found.engine != nil), reason: nil))
        return verdict
    }

    private func compareNetworks() -> Verdict {
        compare("network", captured.networks, found.networks, key: \.name, each: verdict)
    }

    /// Compares a network of the engine with the one that was found under its name.
    public func verdict(on captured: NetworkRecord, _ found: NetworkRecord) -> Verdict {
        var comparison = comparison("network", captured.name, AllowedDifference.network, of: captured.inspect)
        comparison.compare(
            Normalisation(identities: capturedIdentities, shortIDs: []).network(captured),
            Normalisation(identities: foundIdentities, shortIDs: []).network(found))
        return comparison.verdict
    }

    private func compareVolumes() -> Verdict {
        let name: (VolumeRecord, IdentityMap) -> String = { $1.name(of: $0.name) }
        return compare(
            "volume", captured.volumes.map { Named($0, name($0, capturedIdentities)) },
            found.volumes.map { Named($0, name($0, foundIdentities)) }, key: \.name
        ) { verdict(onVolume: $0.name, $0.value, $1.value) }
    }

    /// Compares a volume of the engine with the one that was found for it.
    public func verdict(on captured: VolumeRecord, _ found: VolumeRecord) -> Verdict {
        verdict(onVolume: captured.name, captured, found)
    }

    private func verdict(onVolume name: String, _ captured: VolumeRecord, _ found: VolumeRecord) -> Verdict {
        var comparison = comparison("volume", name, AllowedDifference.volume)
        comparison.compare(
            capturedIdentities.replacingIDs(in: captured.inspect), foundIdentities.replacingIDs(in: found.inspect))
        return comparison.verdict
    }

    private func compareImages() -> Verdict {
        compare("image", captured.images, found.images, key: \.config.description) { captured, found in
            var comparison = comparison("image", captured.tags.first ?? captured.id, AllowedDifference.image)
            comparison.compare(identity(of: captured), identity(of: found))
            return comparison.verdict
        }
    }

    private func identity(of image: ImageRecord) -> JSONValue {
        [
            "Config": .string(image.config.description), "Layers": .array(image.layers.map { .string($0.description) }),
            "RepoTags": .array(image.tags.sorted().map(JSONValue.string)), "Manifest": .optional(image.manifest),
        ]
    }

    private func comparison(
        _ kind: String, _ name: String, _ rules: [AllowedDifference], of object: JSONValue = .null
    ) -> ObjectComparison {
        var context = context
        context.object = object
        return ObjectComparison(object: "\(kind) \(path.objectName(name))", rules: rules, context: context)
    }

    /// Compares the objects of one kind by their keys; one that is missing on either side is a difference.
    private func compare<Object>(
        _ kind: String, _ captured: [Object], _ found: [Object], key: (Object) -> String,
        each: (Object, Object) -> Verdict
    ) -> Verdict {
        var verdict = Verdict()
        let foundByKey = Dictionary(found.map { (key($0), $0) }, uniquingKeysWith: { first, _ in first })
        let capturedKeys = Set(captured.map(key))
        for object in captured {
            guard let other = foundByKey[key(object)] else {
                verdict.add(missing("\(kind) \(path.objectName(key(object)))", captured: true))
                continue
            }
            verdict.add(each(object, other))
        }
        for object in found where !capturedKeys.contains(key(object)) {
            verdict.add(missing("\(kind) \(path.objectName(key(object)))", captured: false))
        }
        return verdict
    }

    private func missing(_ object: String, captured: Bool) -> Verdict {
        var verdict = Verdict()
        verdict.compared = 1
        verdict.different = [
            FieldFinding(
                object: object, field: "exists", captured: .bool(captured), found: .bool(!captured), reason: nil)
        ]
        return verdict
    }
}

/// An object under a name that is not its own.
private struct Named<Value> {
    let value: Value
    let name: String

    init(_ value: Value, _ name: String) {
        self.value = value
        self.name = name
    }
}
