// SPDX-License-Identifier: Apache-2.0
import Catalogue
import JSONTree

extension ReplayRecord {
    /// Notes which containers were made for the replay: any other in it came later.
    mutating func note(_ containers: [RestoredContainer]) {
        set("containers", .array(containers.map { .string($0.id) }))
    }

    /// Notes what was granted to the snapshot.
    mutating func note(allowed: Set<String>) { set("allowed", .array(allowed.sorted().map(JSONValue.string))) }

    /// What was granted to the snapshot; nil where nobody had to be asked.
    var allowed: Set<String>? {
        let noted = (try? JSONValue(parsing: details))?["allowed"] ?? .null
        return noted.isNull ? nil : Set(noted.strings)
    }

    private mutating func set(_ key: String, _ value: JSONValue) {
        var object = (try? JSONValue(parsing: details))?.object ?? JSONObject()
        object[key] = value
        details = JSONValue.object(object).canonicalText
    }

    /// The ids of the containers that were made for the replay; none where an older version made it.
    var containers: Set<String> {
        Set((try? JSONValue(parsing: details))?["containers"].strings ?? [])
    }
}
