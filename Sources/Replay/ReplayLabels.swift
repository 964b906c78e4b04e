// SPDX-License-Identifier: Apache-2.0
import JSONTree

/// The labels on everything that a replay makes on the engine it was asked to use.
enum ReplayLabels {
    static let replay = "io.envsnap.replay"
    static let snapshot = "io.envsnap.snapshot"

    static func labels(replay: String, snapshot: String) -> JSONValue {
        .object(JSONObject([Self.replay: .string(replay), Self.snapshot: .string(snapshot)]))
    }

    static func filter(replay: String) -> [String: [String]] { ["label": ["\(Self.replay)=\(replay)"]] }
}
