// SPDX-License-Identifier: Apache-2.0
import JSONTree

/// The labels on everything that a replay makes on the engine it was asked to use.
///
/// What is made inside a capsule bears none: the capsule goes whole.
enum ReplayLabels {
    static let replay = "io.envsnap.replay"
    static let snapshot = "io.envsnap.snapshot"
    /// On what belongs to a capsule: the store that made it.
    static let store = "io.envsnap.store"

    /// The labels of an object, with these added.
    static func adding(_ labels: [String: String], to own: JSONValue?) -> JSONValue {
        guard !labels.isEmpty else { return own ?? .null }
        var object = own?.object ?? JSONObject()
        for (key, value) in labels { object[key] = .string(value) }
        return .object(object)
    }

    static func labels(replay: String, snapshot: String, store: String) -> JSONValue {
        .object(
            JSONObject([
                Self.replay: .string(replay), Self.snapshot: .string(snapshot), Self.store: .string(store),
            ]))
    }

    static func filter(replay: String) -> [String: [String]] { ["label": ["\(Self.replay)=\(replay)"]] }
}
