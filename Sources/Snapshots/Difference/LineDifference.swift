// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel

/// The lines that two texts of modest size do not share.
struct LineDifference {
    /// Beyond that many lines, the same ones at both ends left out, the memory of the comparison would no longer be small.
    private static let limit = 1500
    private static let context = 3

    private static let noNewline = Array("\n\\ No newline at end of file".utf8)

    private struct Step {
        let mark: Character
        let line: ArraySlice<UInt8>
    }

    private let steps: [Step]
    /// How many lines came and went.
    let counts: LineCounts

    /// Compares two texts; nil where one is no text, or too much of it differs.
    init?(from captured: [UInt8], to found: [UInt8]) {
        guard let before = Self.lines(captured), let after = Self.lines(found) else { return nil }
        let head = zip(before, after).prefix { $0 == $1 }.count
        let tail = zip(before.dropFirst(head).reversed(), after.dropFirst(head).reversed()).prefix { $0 == $1 }.count
        let old = Array(before.dropFirst(head).dropLast(tail))
        let new = Array(after.dropFirst(head).dropLast(tail))
        guard old.count <= Self.limit, new.count <= Self.limit else { return nil }
        let middle = Self.steps(from: old, to: new)
        counts = LineCounts(
            added: middle.count { $0.mark == "+" }, removed: middle.count { $0.mark == "-" })
        func same(_ lines: some Sequence<ArraySlice<UInt8>>) -> [Step] { lines.map { Step(mark: " ", line: $0) } }
        steps = same(before.prefix(head)) + middle + same(before.suffix(tail))
    }

    /// The lines of a text; nil for bytes that are none.
    private static func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>]? {
        guard !bytes.contains(0), String(validating: bytes, as: UTF8.self) != nil else { return nil }
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        // A text without a newline at its end is another one than with it.
        if lines.last?.isEmpty == true { lines.removeLast() } else { lines[lines.count - 1] += noNewline }
        return lines
    }

    private static func steps(from old: [ArraySlice<UInt8>], to new: [ArraySlice<UInt8>]) -> [Step] {
        var removed = Set<Int>()
        var added = Set<Int>()
        for change in new.difference(from: old) {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): added.insert(offset)
            }
        }
        var steps: [Step] = []
        var (left, right) = (0, 0)
        while left < old.count || right < new.count {
            if left < old.count, removed.contains(left) {
                steps.append(Step(mark: "-", line: old[left]))
                left += 1
            } else if right < new.count, added.contains(right) {
                steps.append(Step(mark: "+", line: new[right]))
                right += 1
            } else {
                steps.append(Step(mark: " ", line: old[left]))
                left += 1
                right += 1
            }
        }
        return steps
    }

    /// The changed lines with three around them, as `diff -u` prints them (POSIX diff, "Diff -u Output Format").
    func unified() -> [String] {
        let changed = steps.indices.filter { steps[$0].mark != " " }
        var hunks: [Range<Int>] = []
        for index in changed {
            let range = max(0, index - Self.context)..<min(steps.count, index + Self.context + 1)
            if let last = hunks.last, last.upperBound >= range.lowerBound {
                hunks[hunks.count - 1] = last.lowerBound..<range.upperBound
            } else {
                hunks.append(range)
            }
        }
        return hunks.flatMap(hunk)
    }

    private func hunk(_ range: Range<Int>) -> [String] {
        func side(_ other: Character) -> String {
            let count = steps[range].count { $0.mark != other }
            let before = steps[..<range.lowerBound].count { $0.mark != other }
            let start = count == 0 ? before : before + 1
            return count == 1 ? "\(start)" : "\(start),\(count)"
        }
        let lines = steps[range].flatMap { step in
            (String(step.mark) + String(decoding: step.line, as: UTF8.self)).split(separator: "\n").map(String.init)
        }
        return ["@@ -\(side("+")) +\(side("-")) @@"] + lines
    }
}
