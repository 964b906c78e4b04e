// SPDX-License-Identifier: Apache-2.0
public import JSONTree

/// One field that is not the same in a snapshot and in what it is compared with.
public struct FieldFinding: Sendable, Equatable {
    /// The object.
    public var subject: ComparedObject
    /// The field, as `HostConfig.RestartPolicy.Name`.
    public var field: String
    /// What was captured.
    public var captured: JSONValue
    /// What was found.
    public var found: JSONValue
    /// Why it may differ; nil where it may not.
    public var reason: String?

    /// A finding; with a reason one that may be.
    public init(subject: ComparedObject, field: String, captured: JSONValue, found: JSONValue, reason: String?) {
        self.subject = subject
        self.field = field
        self.captured = captured
        self.found = found
        self.reason = reason
    }

    /// The object with the path of its engine, as `container foo-host-corge/foo-app`.
    public var object: String { subject.description }

    /// The finding as `verify --json` shows it.
    public var json: JSONValue {
        var object: JSONObject = JSONObject()
        object["object"] = .string(self.object)
        object["field"] = .string(field)
        object["captured"] = captured
        object["found"] = found
        if let reason { object["reason"] = .string(reason) }
        return .object(object)
    }
}

/// The field-by-field comparison of a replay with its snapshot.
public struct Verdict: Sendable, Equatable {
    /// How many fields were compared.
    public var compared = 0
    /// Fields that had to be equal and are not.
    public var different: [FieldFinding] = []
    /// Fields that differ and may, each with its reason.
    public var allowed: [FieldFinding] = []

    /// A verdict on nothing yet.
    public init() {}

    /// Whether nothing differs that had to be equal.
    public var isExact: Bool { different.isEmpty }

    /// Adds the findings of another verdict.
    public mutating func add(_ other: Verdict) {
        compared += other.compared
        different += other.different
        allowed += other.allowed
    }

    /// The verdict as `replay` and `verify` show it with `--json`.
    public var json: JSONValue {
        [
            "exact": .bool(isExact), "compared": .int(compared), "different": .array(different.map(\.json)),
            "allowed": .array(allowed.map(\.json)),
        ]
    }
}
