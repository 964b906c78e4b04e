// SPDX-License-Identifier: Apache-2.0
public import JSONTree

/// Something about one object that the reader of a snapshot must know: what was left out, or what changed meanwhile.
public struct Remark: Sendable, Equatable, JSONRepresentable {
    /// How much it matters.
    public enum Weight: String, Sendable {
        /// As it should be: nothing is missing that a replay needs.
        case note
        /// Something is missing: the capture is incomplete.
        case loss
    }

    /// The object: a container, volume or path, with the path of its engine.
    public var object: String
    /// What is to be known, with its reason.
    public var text: String
    /// How much it matters.
    public var weight: Weight

    /// A remark on an object.
    public init(object: String, text: String, weight: Weight) {
        self.object = object
        self.text = text
        self.weight = weight
    }

    /// Reads the record from its JSON form.
    public init(json: JSONValue) throws {
        object = try json.requiredString("object")
        text = try json.requiredString("text")
        weight = json["weight"].string.flatMap(Weight.init(rawValue:)) ?? .loss
    }

    /// The record's JSON form.
    public var json: JSONValue {
        ["object": .string(object), "text": .string(text), "weight": .string(weight.rawValue)]
    }
}
