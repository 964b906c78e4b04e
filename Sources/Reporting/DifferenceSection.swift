// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import Terminal

/// What differs between two snapshots, as tables by host.
struct DifferenceSection {
    /// What may hold a secret: it is named, and its value left out.
    private static let secretAspects: Set = ["env", "label", "command", "entry point", "health check"]

    let comparison: Report.Comparison

    var section: ReportSection {
        guard !comparison.difference.isEqual else {
            return ReportSection("Differences from", about: comparison.name, [.paragraph("Nothing differs.")])
        }
        let tables = DifferenceOutline(comparison.difference).sections.map { section in
            ReportBlock.table(
                Table(
                    section.title, headers: ["object", "change", "what", "which", "before", "now"],
                    rows: section.groups.flatMap(rows)))
        }
        return ReportSection("Differences from", about: comparison.name, tables)
    }

    private func rows(_ group: DifferenceOutline.Group) -> [[String]] {
        let title = group.title.isEmpty ? "the host itself" : group.title
        return (group.lines + group.packages).map { row($0, of: title) }
            + group.data.flatMap { data in
                let object = data.subject.kind == .layer ? "\(title), writable layer" : title
                let files = data.changes.map { change in
                    [
                        object, change.kind.rawValue, "file", change.path,
                        "", change.particulars(size: Units.bytes).joined(separator: ", "),
                    ]
                }
                return data.unlisted == 0
                    ? files : files + [[object, "", "file", "and \(data.unlisted) more", "", ""]]
            }
    }

    private func row(_ line: DifferenceLine, of title: String) -> [String] {
        let isSecret = Self.secretAspects.contains(line.aspect)
        func shown(_ value: String?) -> String { value.map { isSecret ? "(left out)" : $0 } ?? "" }
        return [title, line.change.rawValue, line.aspect, line.name, shown(line.captured), shown(line.found)]
    }
}
