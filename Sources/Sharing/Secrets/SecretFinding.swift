// SPDX-License-Identifier: Apache-2.0

public import JSONTree

/// A place where a secret is; never what it is.
public struct SecretFinding: Sendable, Hashable {
    /// The object: a container, an image, a volume or a folder, with the path of its engine.
    public let object: String
    /// Where in it: a field or a file.
    public let place: String
    /// The name under which it stands there; empty where it has none.
    public let name: String
    /// Why it is taken for a secret.
    public let rule: SecretRule

    /// The place as a line for people.
    public var line: String {
        let named = name.isEmpty || place.hasSuffix(name) ? "" : ": \(name)"
        return "\(object): \(place)\(named) (\(rule.title))"
    }

    /// The place as JSON.
    public var json: JSONValue {
        ["object": .string(object), "place": .string(place), "name": .string(name), "rule": .string(rule.rawValue)]
    }
}
