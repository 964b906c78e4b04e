// SPDX-License-Identifier: Apache-2.0
import Catalogue
import JSONTree

/// What a replay has to know of itself later, beside its columns.
extension ReplayRecord {
    /// Notes which containers were made for the replay: any other in it came later.
    mutating func note(_ containers: [RestoredContainer]) {
        set("containers", .array(containers.map { .string($0.id) }))
    }

    /// The ids of the containers that were made for the replay; none where an older version made it.
    var containers: Set<String> { Set((detailsObject["containers"] ?? .null).strings) }

    /// Notes what was granted to the snapshot.
    mutating func note(allowed: Set<String>) { set("allowed", .array(allowed.sorted().map(JSONValue.string))) }

    /// What was granted to the snapshot; nil where nobody had to be asked.
    var allowed: Set<String>? { detailsObject["allowed"].map { Set($0.strings) } }

    /// Notes which ports of the capsule lead on to which of the published ports.
    mutating func note(_ publications: [Publication]) {
        guard !publications.isEmpty else { return }
        set("published", .array(publications.map(\.json)))
    }

    /// The ports that are published.
    var publications: [Publication] {
        (detailsObject["published"]?.array ?? []).compactMap(Publication.init(json:))
    }

    private var detailsObject: JSONObject { (try? JSONValue(parsing: details))?.object ?? JSONObject() }

    private mutating func set(_ key: String, _ value: JSONValue) {
        var object = detailsObject
        object[key] = value
        details = JSONValue.object(object).canonicalText
    }
}
