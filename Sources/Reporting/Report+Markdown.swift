// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import Terminal

extension Report {
    /// How long the text of an issue may be on GitHub, in characters.
    private static let limit = 65_536

    /// The report as GitHub Flavored Markdown, short enough for the text of an issue.
    ///
    /// Tables are cut where all of them would be too long, and say so.
    public var markdown: String {
        var rows = 1000
        var text = markdown(rowLimit: rows)
        while text.utf8.count > Self.limit, rows > 1 {
            rows /= 2
            text = markdown(rowLimit: rows)
        }
        return text
    }

    private func markdown(rowLimit: Int) -> String {
        let markdown = Markdown(rowLimit: rowLimit)
        let parts = sections.map { section in
            let subject = section.subject.map { " " + markdown.span($0) } ?? ""
            return (["## \(section.title)\(subject)"] + section.blocks.map(markdown.block)).joined(separator: "\n\n")
        }
        return (["# Snapshot \(markdown.span(reference))"] + parts).joined(separator: "\n\n") + "\n"
    }
}

/// Writes blocks as GitHub Flavored Markdown (https://github.github.com/gfm/).
struct Markdown {
    let rowLimit: Int

    func block(_ block: ReportBlock) -> String {
        switch block {
        case .paragraph(let text): text
        case .list(let items): items.map { "- \($0)" }.joined(separator: "\n")
        case .code(let text): fenced(text.safeForTerminal)
        case .output(let lines):
            fenced(lines.prefix(rowLimit).map { String($0.safeForTerminal.prefix(200)) }.joined(separator: "\n"))
        case .table(let table): self.table(table)
        case .topology(let document):
            fenced(TopologyTree(document: document).lines(limit: rowLimit).joined(separator: "\n"))
        }
    }

    /// Foreign text as a code span: nothing in it is a mention, a link or HTML (GFM 6.3; in a table 4.10, example 200).
    func span(_ text: String) -> String {
        if text.isEmpty { return text }
        let safe = String(text.safeForTerminal.prefix(200)).replacing("|", with: "\\|")
        let fence = String(repeating: "`", count: Self.longestRun(in: safe) + 1)
        let edge = safe.hasPrefix("`") || safe.hasSuffix("`") || safe.hasPrefix(" ") ? " " : ""
        return fence + edge + safe + edge + fence
    }

    private func fenced(_ text: String) -> String {
        let fence = String(repeating: "`", count: max(3, Self.longestRun(in: text) + 1))
        return "\(fence)text\n\(text)\n\(fence)"
    }

    private func table(_ table: Table) -> String {
        var lines = table.caption.map { [Self.isPlain($0) ? "**\($0)**" : "**\(span($0))**", ""] } ?? []
        guard !table.rows.isEmpty else { return (lines + ["none"]).joined(separator: "\n") }
        lines.append("| " + table.headers.joined(separator: " | ") + " |")
        lines.append("|" + String(repeating: " --- |", count: table.headers.count))
        lines += table.rows.prefix(rowLimit).map { "| " + $0.map { span($0) }.joined(separator: " | ") + " |" }
        let further = table.rows.count - min(rowLimit, table.rows.count)
        if further > 0 { lines += ["", "… and \(further) more rows, which the HTML report has"] }
        return lines.joined(separator: "\n")
    }

    /// Whether a text is nothing but words and spaces.
    private static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 == 0x20 || $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A }
    }

    private static func longestRun(in text: String) -> Int {
        var (longest, run) = (0, 0)
        for character in text {
            run = character == "`" ? run + 1 : 0
            longest = max(longest, run)
        }
        return longest
    }
}
