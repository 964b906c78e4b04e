// SPDX-License-Identifier: Apache-2.0
import JSONTree

/// A rule that lets fields differ, with the reason that is printed.
///
/// The rules follow the "may differ" list of the exactness checklist in `docs/exactness.md`; every field without a rule
/// has to be equal.
struct AllowedDifference: Sendable {
    let fields: [FieldPattern]
    let reason: String
    let condition: @Sendable (_ captured: JSONValue, _ found: JSONValue, _ context: ComparisonContext) -> Bool

    init(
        _ fields: [FieldPattern], _ reason: String,
        when condition: @escaping @Sendable (JSONValue, JSONValue, ComparisonContext) -> Bool = { _, _, _ in true }
    ) {
        self.fields = fields
        self.reason = reason
        self.condition = condition
    }
}

/// What a rule may look at beside the field itself.
struct ComparisonContext: Sendable {
    /// `GET /info` of the captured engine.
    let capturedInfo: JSONValue
    /// `GET /info` of the engine that was found.
    let foundInfo: JSONValue
    /// The captured networks that nothing outside is reached from, by name.
    var internalNetworks: Set<String> = []
    /// The captured object that the field belongs to, in the form in which it is compared.
    var object: JSONValue = .null
    /// The field.
    var path = FieldPath()

    /// The captured endpoint that the field belongs to: `NetworkSettings.Networks.NAME.…`.
    var endpoint: JSONValue {
        path.steps.count > 2 ? object["NetworkSettings"]["Networks"][path.steps[2]] : .null
    }

    /// The ports of the engine's machine that the engine had chosen for a port: `HostConfig.PortBindings.PORT.…`.
    var chosenPorts: [JSONValue] {
        guard path.steps.count > 2 else { return [] }
        return (object["NetworkSettings"]["Ports"][path.steps[2]].array ?? []).map { $0["HostPort"] }
    }
}
