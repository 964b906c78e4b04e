// SPDX-License-Identifier: Apache-2.0
import JSONTree

/// Compares two inspect answers of one object, leaf by leaf.
///
/// A field without a value is equal to one that is absent: engines differ in writing `null`, `[]`, `{}`, `""` or nothing.
/// An entry of a map is not: `ExposedPorts` with `"80/tcp": {}` is not one without it.
struct ObjectComparison {
    private static let maps: Set = [
        "Annotations", "DriverOpts", "ExposedPorts", "Labels", "Options", "StorageOpt", "Sysctls", "Tmpfs", "Volumes",
    ]
    /// What is a map as well where lists are compared by name.
    private static let namedMaps: Set = ["Env", "Mounts", "Networks", "Ports", "RepoTags"]

    let subject: ComparedObject
    let rules: [AllowedDifference]
    let context: ComparisonContext
    private(set) var verdict = Verdict()

    init(subject: ComparedObject, rules: [AllowedDifference], context: ComparisonContext) {
        self.subject = subject
        self.rules = rules
        self.context = context
    }

    mutating func compare(_ captured: JSONValue, _ found: JSONValue, at path: FieldPath = FieldPath()) {
        switch (captured, found) {
        case (.object(let left), .object(let right)) where !(left.isEmpty && right.isEmpty):
            compareMembers(left, right, at: path)
        case (.object(let left), _) where found.isEmpty && !left.isEmpty:
            compareMembers(left, JSONObject(), at: path)
        case (_, .object(let right)) where captured.isEmpty && !right.isEmpty:
            compareMembers(JSONObject(), right, at: path)
        case (.array(let left), .array(let right)) where left.count == right.count && !left.isEmpty:
            for (index, pair) in zip(left, right).enumerated() {
                compare(pair.0, pair.1, at: path.appending("[\(index)]"))
            }
        default:
            compareLeaf(captured, found, at: path)
        }
    }

    private mutating func compareMembers(_ captured: JSONObject, _ found: JSONObject, at path: FieldPath) {
        let isMap = path.steps.last.map(isMap) ?? false
        for key in Set(captured.keys).union(found.keys).sorted() {
            let (left, right) = (captured[key], found[key])
            if isMap, (left == nil) != (right == nil) {
                verdict.compared += 1
                judge(left ?? .null, right ?? .null, at: path.appending(key))
            } else {
                compare(left ?? .null, right ?? .null, at: path.appending(key))
            }
        }
    }

    private func isMap(_ name: String) -> Bool {
        Self.maps.contains(name) || context.purpose.isByName && Self.namedMaps.contains(name)
    }

    private mutating func compareLeaf(_ captured: JSONValue, _ found: JSONValue, at path: FieldPath) {
        verdict.compared += 1
        if captured == found || captured.isEmpty && found.isEmpty { return }
        judge(captured, found, at: path)
    }

    private mutating func judge(_ captured: JSONValue, _ found: JSONValue, at path: FieldPath) {
        var finding = FieldFinding(
            subject: subject, field: path.description, captured: captured, found: found, reason: nil)
        var context = context
        context.path = path
        finding.reason = rules.first { $0.allows(captured, found, context) }?.reason
        if finding.reason == nil { verdict.different.append(finding) } else { verdict.allowed.append(finding) }
    }
}
