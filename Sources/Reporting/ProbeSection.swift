// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import Terminal

/// The probes of a snapshot with what came of them.
struct ProbeSection {
    /// How many lines of each stream are shown, and of how many probes.
    private static let limit = 20

    let probes: [ProbeRecord]

    /// The section; nil where there are no probes.
    var section: ReportSection? {
        guard !probes.isEmpty else { return nil }
        let rows = probes.map { probe in
            [
                probe.container, probe.command, probe.result.endingText,
                Units.duration(.milliseconds(probe.result.milliseconds)),
            ]
        }
        let table = Table(headers: ["container", "command", "result", "after"], rows: rows)
        let outputs = probes.filter { !$0.result.stdout.isEmpty || !$0.result.stderr.isEmpty }.prefix(Self.limit)
        return ReportSection(
            "Probes",
            [
                .paragraph("What these commands did; a replay runs them again and says whether it is reproduced."),
                .table(table),
            ] + outputs.map { .output(lines(of: $0)) })
    }

    private func lines(of probe: ProbeRecord) -> [String] {
        [probe.title]
            + [probe.result.stdout, probe.result.stderr].flatMap { output in
                let further = output.lines.count - min(output.lines.count, Self.limit)
                return output.lines.prefix(Self.limit)
                    + (further > 0 || output.isCut ? ["… (\(Units.bytes(output.bytes)) in all)"] : [])
            }
    }
}
