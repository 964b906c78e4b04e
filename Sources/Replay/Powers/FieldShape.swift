// SPDX-License-Identifier: Apache-2.0
import JSONTree

/// What a part of a request may look like: the members that this program knows.
indirect enum FieldShape: Sendable {
    /// Anything.
    case any
    /// A string.
    case text
    /// A string or a list of strings: engines take either where a list is asked for (moby's `strslice`).
    case texts
    /// An object with these members and no others.
    case members([String: FieldShape])
    /// A list of such elements.
    case list(FieldShape)
    /// An object with any members, all of this shape.
    case map(FieldShape)
}

/// Finds what of a request this program does not know, and takes away what of that says nothing.
///
/// Engines match the names of members in whatever case (Go's `encoding/json`), so that a name counts only when it is
/// exactly the known one: `privileged` is as unknown as a field of an engine of next year.
struct FieldScreen {
    /// The paths of what is unknown and says something, as `HostConfig.Foo`.
    private(set) var unknown: [String] = []

    /// The value without unknown members that are null, false, zero or empty: what an engine shows of a field that nobody
    /// has set.
    mutating func screen(_ value: JSONValue, as shape: FieldShape, at path: String = "") -> JSONValue {
        switch shape {
        case .any: return value
        case .text:
            if !value.isNull, value.string == nil { unknown.append(path) }
        case .texts:
            let isList = value.array?.allSatisfy { $0.string != nil } ?? false
            if !value.isNull, value.string == nil, !isList { unknown.append(path) }
        // Swift takes some characters for equal that are not: the Kelvin sign is a K.
        case .members(let shapes):
            return screen(value, at: path) { $0.utf8.allSatisfy { $0 < 0x80 } ? shapes[$0] : nil }
        case .map(let shape): return screen(value, at: path) { _ in shape }
        case .list(let shape):
            if value.isNull { return value }
            guard let elements = value.array else { return note(value, path) }
            return .array(elements.enumerated().map { screen($1, as: shape, at: "\(path)[\($0)]") })
        }
        return value
    }

    private mutating func screen(
        _ value: JSONValue, at path: String, shapeOf: (String) -> FieldShape?
    ) -> JSONValue {
        if value.isNull { return value }
        guard let object = value.object else { return note(value, path) }
        var screened = JSONObject()
        for member in object.members {
            let place = path.isEmpty ? member.key : "\(path).\(member.key)"
            if let shape = shapeOf(member.key) {
                screened[member.key] = screen(member.value, as: shape, at: place)
            } else if !member.value.saysNothing {
                screened[member.key] = note(member.value, place)
            }
        }
        return .object(screened)
    }

    private mutating func note(_ value: JSONValue, _ path: String) -> JSONValue {
        unknown.append(path)
        return value
    }
}

extension JSONValue {
    /// Whether it is what stands in a field that nobody has set.
    fileprivate var saysNothing: Bool { isEmpty || self == false || double == 0 }

    /// The texts of what engines take for a list of strings: a list, or one string alone.
    var texts: [String] { string.map { [$0] } ?? strings }
}
