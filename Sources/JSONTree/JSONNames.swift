// SPDX-License-Identifier: Apache-2.0

/// Finds names that stand twice in an object: a small one is looked through, a large one gets a set.
struct JSONNames {
    private static let few = 24
    private var set = Set<[UInt8]>()

    /// Whether a name is new to an object to which it is added next.
    mutating func add(_ name: String, to object: JSONObject) -> Bool {
        guard object.count >= Self.few else { return object[name] == nil }
        if set.isEmpty { set = Set(object.members.map { Array($0.key.utf8) }) }
        return set.insert(Array(name.utf8)).inserted
    }
}
