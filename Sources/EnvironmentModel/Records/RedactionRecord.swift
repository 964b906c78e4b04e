// SPDX-License-Identifier: Apache-2.0
public import JSONTree

/// What was done to a snapshot before it was given away: secrets were replaced by stand-ins.
public struct RedactionRecord: Sendable, Equatable, JSONRepresentable {
    /// The version of the rules by which secrets were found.
    public var rules: Int64
    /// How many different secrets were replaced.
    public var secrets: Int64
    /// In how many places.
    public var places: Int64
    /// What the rules were not applied to.
    public var notInspected: [Remark]

    /// What was done.
    public init(rules: Int64, secrets: Int64, places: Int64, notInspected: [Remark]) {
        self.rules = rules
        self.secrets = secrets
        self.places = places
        self.notInspected = notInspected
    }

    /// Reads the record from its JSON form.
    public init(json: JSONValue) throws {
        rules = try json.requiredInt("rules")
        secrets = try json.requiredInt("secrets")
        places = try json.requiredInt("places")
        notInspected = try json.records("notInspected")
    }

    /// The record's JSON form.
    public var json: JSONValue {
        .compact([
            "rules": .int(rules), "secrets": .int(secrets), "places": .int(places), "notInspected": notInspected.json,
        ])
    }
}
