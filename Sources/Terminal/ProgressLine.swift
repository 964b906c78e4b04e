// SPDX-License-Identifier: Apache-2.0
import Steps

/// A step as one line of a terminal or a log: what is done, how much of it, how fast, and how long it still takes.
struct ProgressLine: Equatable {
    let text: String
    let done: Int64
    let total: Int64?
    /// Bytes a second; nil where it is too early to say.
    let rate: Double?

    private static let barWidth = 20
    /// Narrower terminals have no room for a bar beside the figures.
    private static let leastWidthWithBar = 100
    private static let leastTextWidth = 16

    /// The figures: `402 MB of 1.21 GB, 312 MB/s, 3 s left`; nil where there are none yet.
    var figures: String? {
        guard let rate else { return nil }
        var parts = [Units.bytes(done) + (total.map { " of \(Units.bytes($0))" } ?? "")]
        parts.append("\(Units.bytes(Int64(rate)))/s")
        if let total, rate >= 1 { parts.append("\(Units.roughly(seconds: Double(total - done) / rate)) left") }
        return parts.joined(separator: ", ")
    }

    /// The line in at most that many columns.
    func fitted(to width: Int) -> String {
        guard let figures, figures.count + 2 + Self.leastTextWidth <= width else { return Self.cut(text, to: width) }
        let bar = width >= Self.leastWidthWithBar ? bar.map { "\($0) " } ?? "" : ""
        let end = "  \(bar)\(figures)"
        return Self.cut(text, to: width - end.count) + end
    }

    private var bar: String? {
        guard let total, total > 0 else { return nil }
        let full = Int(Double(done) / Double(total) * Double(Self.barWidth))
        return "[" + String(repeating: "#", count: full) + String(repeating: "-", count: Self.barWidth - full) + "]"
    }

    /// The text in at most that many columns, with an ellipsis where something was left out.
    static func cut(_ text: String, to width: Int) -> String {
        text.count <= width ? text : text.prefix(max(0, width - 1)) + "…"
    }
}

extension ProgressLine {
    init(_ meter: StepMeter, rate: Double?) {
        self.init(text: meter.text.safeForTerminal, done: meter.done, total: meter.total, rate: rate)
    }
}
