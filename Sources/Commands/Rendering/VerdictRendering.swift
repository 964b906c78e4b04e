// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import JSONTree
import Terminal

/// Shows a verdict: what differs line by line, what may differ by its reasons.
struct VerdictRendering {
    let verdict: Verdict
    let style: Style

    func lines(showsAllowed: Bool) -> [String] {
        var lines: [String] = []
        if verdict.isExact {
            lines.append(style.good("exact") + ": \(verdict.compared) fields compared, none differs that must be equal")
        } else {
            lines.append(style.bad("\(verdict.different.count) of \(verdict.compared) fields differ"))
            for finding in verdict.different { lines += describe(finding) }
        }
        guard !verdict.allowed.isEmpty else { return lines }
        lines.append(style.dim("\(verdict.allowed.count) fields differ and may:"))
        if showsAllowed {
            for finding in verdict.allowed { lines += describe(finding) }
        } else {
            for (reason, count) in reasons { lines.append(style.dim("  \(count)  \(reason)")) }
        }
        return lines
    }

    private var reasons: [(String, Int)] {
        Dictionary(grouping: verdict.allowed, by: { $0.reason ?? "" }).mapValues(\.count)
            .sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
    }

    private func describe(_ finding: FieldFinding) -> [String] {
        var lines = ["  \(finding.object.safeForTerminal): \(finding.field.safeForTerminal)"]
        lines.append("      captured  \(short(finding.captured))")
        lines.append("      found     \(short(finding.found))")
        if let reason = finding.reason { lines.append("      may be, \(reason)") }
        return lines
    }

    private func short(_ value: JSONValue) -> String {
        let text = value.canonicalText.safeForTerminal
        return text.count <= 200 ? text : text.prefix(199) + "…"
    }
}
