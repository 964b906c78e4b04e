// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import JSONTree
import Terminal

/// Shows differences by host and object, in the width of the terminal.
struct DifferenceRendering {
    /// How many files or packages of one object are listed unless all are asked for.
    private static let limit = 20
    private static let aspectWidth = 13

    let difference: EnvironmentDifference
    /// How the two sides are called where something is on one alone.
    let sides: (captured: String, found: String)
    let style: Style
    let width: Int
    /// Whether all files, whole values and what may differ are shown.
    let showsAll: Bool

    var lines: [String] {
        let title = "\(sides.captured) → \(sides.found)".safeForTerminal
        let compared = "\(difference.compared) fields compared"
        let allowed = difference.allowed.map { "  \($0.object): \($0.field), \($0.reason ?? "")".safeForTerminal }
        let rest =
            difference.allowed.isEmpty
            ? []
            : [style.dim("\(difference.allowed.count) fields differ and may\(showsAll ? ":" : " (-v lists them)")")]
        let end = rest + (showsAll ? allowed.map(style.dim) : [])
        guard !difference.isEqual else { return ["\(title): \(style.good("equal")), \(compared)"] + end }
        let sections = DifferenceOutline(difference).sections.flatMap { section in
            ["", style.bold(section.title.safeForTerminal)] + section.groups.flatMap(group)
        }
        return [style.bold(title)] + sections + (end.isEmpty ? [] : [""] + end)
    }

    private func group(_ group: DifferenceOutline.Group) -> [String] {
        let title = group.title.isEmpty ? [] : ["  \(group.title.safeForTerminal)"]
        let packages = showsAll ? group.packages[...] : group.packages.prefix(Self.limit)
        return title + group.lines.flatMap(line) + packages.flatMap(line)
            + further(group.packages.count - packages.count) + group.data.flatMap { files($0) }
    }

    private func line(_ line: DifferenceLine) -> [String] {
        let aspect = line.aspect.padded(to: Self.aspectWidth)
        let head = "    \(mark(line.change)) \(line.aspect.isEmpty ? "" : aspect)"
        let column = 6 + (line.aspect.isEmpty ? 0 : Self.aspectWidth)
        let name = line.name.safeForTerminal
        let values = [line.captured, line.found].map { $0?.safeForTerminal }
        let colon = name.isEmpty || values.allSatisfy({ $0 == nil }) ? name : name + ": "
        let text: String
        if line.aspect.isEmpty {
            text = "only in \(line.change == .added ? sides.found : sides.captured)".safeForTerminal
        } else {
            text = colon + values.compactMap { $0 }.joined(separator: " → ")
        }
        if column + text.count <= width { return [head + text] }
        let indent = String(repeating: " ", count: column)
        let rows = [("−", values[0], style.bad), ("+", values[1], style.good)]
        return [head + fitted(name, column)]
            + rows.compactMap { sign, value, colour in
                value.map { indent + colour("\(sign) \(fitted($0, column + 2))") }
            }
    }

    private func files(_ data: DataDifference) -> [String] {
        let listed = showsAll ? data.changes : data.changes.filter { !$0.isTouch }
        let shown = showsAll ? listed[...] : listed.prefix(Self.limit)
        var lines = shown.flatMap(file) + further(listed.count - shown.count + data.unlisted)
        let touched = data.changes.count - listed.count
        if touched > 0 { lines.append("      \(touched) more with another time only") }
        switch data.subject.kind {
        case .layer: return ["    writable layer"] + lines
        case .memory: return ["    in memory, \(data.subject.name.safeForTerminal)"] + lines
        default: return lines
        }
    }

    private func further(_ count: Int) -> [String] {
        count > 0 ? ["      … and \(count) more" + (showsAll ? "" : " (-v lists them)")] : []
    }

    private func file(_ change: FileChange) -> [String] {
        let path = change.path.safeForTerminal
        let hint = change.particulars(size: Units.bytes).joined(separator: ", ").safeForTerminal
        let isShort = 8 + path.count + 2 + hint.count <= width
        let head = "      \(mark(change.kind)) \(path)"
        return (isShort ? ["\(head)  \(hint)"] : [head, "        \(hint)"]) + change.unified.map(unified)
    }

    /// A line of text, in which tabs may stay.
    private func unified(_ line: String) -> String {
        let safe = line.split(separator: "\t", omittingEmptySubsequences: false).map { String($0).safeForTerminal }
        let text = "        " + safe.joined(separator: "\t")
        return line.hasPrefix("+") ? style.good(text) : line.hasPrefix("-") ? style.bad(text) : style.dim(text)
    }

    private func mark(_ change: FileChange.Kind) -> String {
        switch change {
        case .added: style.good("+")
        case .removed: style.bad("−")
        case .changed: style.warning("~")
        }
    }

    private func fitted(_ text: String, _ column: Int) -> String {
        let room = max(width - column, 20)
        return showsAll || text.count <= room ? text : text.prefix(room - 1) + "…"
    }
}

extension String {
    /// The text with spaces up to a width, at least one.
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(width - count, 1)) }
}
