// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import Terminal

/// Shows probes: what came of them, and whether a replay reproduces it.
struct ProbeRendering {
    /// How many lines of a stream are shown unless all are asked for.
    private static let limit = 10

    let style: Style
    let showsAll: Bool

    /// Probes as they were captured, with what they wrote.
    func lines(_ probes: [ProbeRecord]) -> [String] {
        guard !probes.isEmpty else { return [] }
        return ["", "probes"]
            + probes.flatMap { probe in
                ["  \(probe.title.safeForTerminal)", "      \(ending(of: probe.result))"]
                    + output(of: probe.result, indent: "      ")
            }
    }

    /// One line a probe.
    func shortLines(_ probes: [ProbeRecord]) -> [String] {
        probes.map { "  probe   \($0.title.safeForTerminal): \(ending(of: $0.result))" }
    }

    /// What became of probes in a replay.
    func lines(_ verdicts: [ProbeVerdict]) -> [String] { verdicts.flatMap(lines) }

    private func lines(_ verdict: ProbeVerdict) -> [String] {
        let (captured, found) = (verdict.probe.result, verdict.found)
        let title = verdict.probe.title.safeForTerminal
        let tries = verdict.attempts > 1 ? ", at attempt \(verdict.attempts)" : ""
        guard !verdict.isReproduced else {
            let isSame = found.hasOutput(of: captured)
            let end = "\(style.good("reproduced"))  \(title): \(found.endingText.safeForTerminal)\(tries)"
            guard !isSame else { return [end] }
            return showsAll ? [end] + both(verdict) : [end + ", with other output (-v shows it)"]
        }
        let last = verdict.attempts > 1 ? ", also at attempt \(verdict.attempts)" : ""
        return ["\(style.bad("differs"))     \(title)"] + both(verdict, last)
    }

    private func both(_ verdict: ProbeVerdict, _ note: String = "") -> [String] {
        let indent = "                  "
        return ["      captured    \(ending(of: verdict.probe.result))"]
            + output(of: verdict.probe.result, indent: indent)
            + ["      found       \(ending(of: verdict.found))\(note)"] + output(of: verdict.found, indent: indent)
    }

    private func ending(of result: ProbeResult) -> String {
        guard case .exited = result.ending else { return result.endingText.safeForTerminal }
        return "\(result.endingText) after \(Units.duration(.milliseconds(result.milliseconds)))"
    }

    private func output(of result: ProbeResult, indent: String) -> [String] {
        [result.stdout, result.stderr].flatMap { output in
            let shown = showsAll ? output.lines[...] : output.lines.prefix(Self.limit)
            let further = output.lines.count - shown.count
            var lines = shown.map { "\(indent)| \($0.safeForTerminal)" }
            if further > 0 { lines.append("\(indent)… and \(Units.count(further, "line")) more (-v shows all)") }
            if output.isCut { lines.append("\(indent)… cut: it wrote \(Units.bytes(output.bytes))") }
            return lines
        }
    }
}
