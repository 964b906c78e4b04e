// SPDX-License-Identifier: Apache-2.0
import JSONTree

/// A rule that lets fields differ, with the reason that is printed.
///
/// The rules follow the "may differ" list of the exactness checklist in `docs/exactness.md`; every field without a rule
/// has to be equal.
struct AllowedDifference: Sendable {
    /// Between what a rule holds.
    enum Scope: Sendable {
        /// Between a snapshot and its replay, and between two captures, either of which may be the first.
        case everywhere
        /// Between a snapshot and its replay alone: what making an object again brings with it.
        case replays
        /// Between two captures alone.
        case captures
    }

    let fields: [FieldPattern]
    let reason: String
    let scope: Scope
    let condition: @Sendable (_ captured: JSONValue, _ found: JSONValue, _ context: ComparisonContext) -> Bool

    init(
        _ fields: [FieldPattern], _ reason: String, in scope: Scope = .everywhere,
        when condition: @escaping @Sendable (JSONValue, JSONValue, ComparisonContext) -> Bool = { _, _, _ in true }
    ) {
        self.fields = fields
        self.reason = reason
        self.scope = scope
        self.condition = condition
    }

    /// Whether the rule lets a field differ.
    func allows(_ captured: JSONValue, _ found: JSONValue, _ context: ComparisonContext) -> Bool {
        guard scope != (context.purpose.isOfReplay ? .captures : .replays),
            fields.contains(where: { context.path.matches($0) })
        else { return false }
        if condition(captured, found, context) { return true }
        return !context.purpose.isOfReplay && condition(found, captured, context.swapped)
    }
}

/// What a rule may look at beside the field itself.
struct ComparisonContext: Sendable {
    /// What the comparison is for.
    var purpose = ComparisonPurpose.verdict
    /// `GET /info` of the captured engine.
    var capturedInfo: JSONValue
    /// `GET /info` of the engine that was found.
    var foundInfo: JSONValue
    /// The networks that nothing outside is reached from, by name.
    var internalNetworks: Set<String> = []
    /// The captured object that the field belongs to, in the form in which it is compared.
    var object: JSONValue = .null
    /// The object that was found in its place.
    var other: JSONValue = .null
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

    /// The same with what was found as the captured side.
    var swapped: ComparisonContext {
        var context = self
        swap(&context.capturedInfo, &context.foundInfo)
        swap(&context.object, &context.other)
        return context
    }
}
