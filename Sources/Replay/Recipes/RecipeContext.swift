// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import JSONTree

/// What a recipe has to know of both engines to ask the new one for the same object.
struct RecipeContext: Sendable {
    /// The engine as it was captured.
    let captured: EngineRecord
    /// `GET /info` of the engine that is to make the object.
    let targetInfo: JSONValue
    /// The minor number of the API version that is spoken with it: 45 for 1.45.
    var targetAPIMinor: Int
    /// Whether the engine is older than the captured one.
    var isOlderEngine = false
    /// Whether the engine makes up a new MAC address at each start, as engine 28 and newer do (moby pull 48808).
    let hasRandomAddresses: Bool
    /// New ids of containers that exist already, by their captured ids.
    var containerIDs: [String: String] = [:]
    /// New names of anonymous volumes of containers that exist already, by their captured names.
    var volumeNames: [String: String] = [:]
    /// Where bind sources lie on the target, by the captured path; a path without an entry stays.
    var movedSources: [String: String] = [:]
    /// The target's own ids of images, by the captured ones.
    var imageIDs: [String: String] = [:]
    /// Labels that are added to the captured ones.
    var labels: [String: String] = [:]

    /// Where a bind source lies on the target.
    func source(_ path: String) -> String {
        movedSources[path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path] ?? path
    }

    /// A volume's name on the target.
    func volume(_ name: String) -> String { volumeNames[name] ?? name }

    /// `container:<captured id>` with the new id; anything else stays.
    func mappingContainer(in mode: String) -> String {
        guard let id = mode.afterPrefix("container:") else { return mode }
        return "container:" + (containerIDs[id] ?? id)
    }

    /// The image that a container was made from, as it was captured.
    func image(of container: ContainerRecord) -> ImageRecord? { captured.image(container.imageID) }

    /// The captured network under a name or id.
    func network(_ nameOrID: String) -> NetworkRecord? {
        captured.networks.first { $0.name == nameOrID } ?? captured.networks.first { $0.id == nameOrID }
    }
}

extension String {
    /// What stands behind a prefix; nil where the string does not begin with it.
    func afterPrefix(_ prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }
}
