// SPDX-License-Identifier: Apache-2.0

/// The place of a field in an inspect answer: the names and indices from the top.
struct FieldPath: Sendable, Hashable, CustomStringConvertible {
    var steps: [String] = []

    func appending(_ step: String) -> FieldPath { FieldPath(steps: steps + [step]) }

    var description: String {
        steps.reduce(into: "") { text, step in
            if step.hasPrefix("[") || text.isEmpty { text += step } else { text += "." + step }
        }
    }

    /// Whether a pattern such as `NetworkSettings.Networks.*.EndpointID` covers the field or a field above it.
    func matches(_ pattern: FieldPattern) -> Bool {
        guard pattern.steps.count <= steps.count else { return false }
        return zip(pattern.steps, steps).allSatisfy { $0 == "*" || $0 == $1 }
    }
}

/// A pattern of fields: names joined by points; `*` stands for any one name or index.
struct FieldPattern: Sendable, ExpressibleByStringLiteral {
    let steps: [String]

    /// A pattern with points within a name.
    init(steps: [String]) { self.steps = steps }

    init(stringLiteral value: String) { steps = value.split(separator: ".").map(String.init) }
}
