// SPDX-License-Identifier: Apache-2.0
import Catalogue
import JSONTree

extension ReplayRecord {
    /// Notes which containers were made for the replay: any other in it came later.
    mutating func note(_ containers: [RestoredContainer]) {
        let details: JSONValue = ["containers": .array(containers.map { .string($0.id) })]
        self.details = details.canonicalText
    }

    /// The ids of the containers that were made for the replay; none where an older version made it.
    var containers: Set<String> {
        Set((try? JSONValue(parsing: details))?["containers"].strings ?? [])
    }
}
