// SPDX-License-Identifier: Apache-2.0
import JSONTree

/// Turns an engine's own ids into names that mean the same on another engine.
struct IdentityMap {
    private var names: [String: String] = [:]

    init(_ engine: EngineRecord) {
        for container in engine.containers { names[container.id] = "<container \(container.name)>" }
        for network in engine.networks { names[network.id] = "<network \(network.name)>" }
        for image in engine.images { names[image.id] = "<image \(image.config)>" }
        for container in engine.containers {
            for mount in container.mounts {
                guard let name = mount.name, let volume = engine.volumes.first(where: { $0.name == name }),
                    volume.isAnonymous, names[name] == nil
                else { continue }
                names[name] = "<volume of \(container.name) at \(mount.destination)>"
            }
        }
    }

    /// The name that stands for an id, or the id itself where it is none of this engine's.
    func name(of id: String) -> String { names[id] ?? id }

    /// Whether an id is one of this engine's.
    func isKnown(_ id: String) -> Bool { names[id] != nil }

    /// The same value with ids replaced by names, also behind `container:` and before a `:` as in `VolumesFrom`.
    func replacingIDs(in value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text): .string(replacingIDs(in: text))
        case .array(let elements): .array(elements.map(replacingIDs(in:)))
        case .object(let object): .object(replacingIDs(in: object))
        default: value
        }
    }

    private func replacingIDs(in object: JSONObject) -> JSONObject {
        var replaced = JSONObject()
        for member in object.members { replaced[replacingIDs(in: member.key)] = replacingIDs(in: member.value) }
        return replaced
    }

    private func replacingIDs(in text: String) -> String {
        guard text.utf8.count >= 64 else { return text }
        if let name = names[text] { return name }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count > 1 else { return text }
        return parts.map { names[$0] ?? $0 }.joined(separator: ":")
    }
}
