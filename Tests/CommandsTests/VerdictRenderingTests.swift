// SPDX-License-Identifier: Apache-2.0

import JSONTree
import Terminal
import Testing

@testable import Commands
@testable import EnvironmentModel

@Suite struct VerdictRenderingTests {
    private static func lines(
        different: [FieldFinding] = [], allowed: [FieldFinding] = [], showsAllowed: Bool = false
    ) -> [String] {
        var verdict = Verdict()
        verdict.compared = 40
        verdict.different = different
        verdict.allowed = allowed
        return VerdictRendering(verdict: verdict, style: Style(isColoured: false)).lines(showsAllowed: showsAllowed)
    }

    private static func finding(_ field: String, _ reason: String? = nil) -> FieldFinding {
        FieldFinding(
            subject: ComparedObject(.container, EnginePath(hosts: ["h"]), "a"), field: field, captured: "x", found: 2,
            reason: reason)
    }

    @Test func `an exact replay is one line`() {
        #expect(Self.lines() == ["exact: 40 fields compared, none differs that must be equal"])
    }

    @Test func `what differs is shown with both values`() {
        #expect(
            Self.lines(different: [Self.finding("State.Pid")]) == [
                "1 of 40 fields differ", "  container h/a: State.Pid", #"      captured  "x""#,
                "      found     2",
            ])
    }

    @Test func `what may differ is counted by its reasons, the most frequent first`() {
        let allowed = [
            Self.finding("a", "z is new"), Self.finding("b", "ids are new"), Self.finding("c", "ids are new"),
            Self.finding("d", "a clock goes on"),
        ]
        #expect(
            Self.lines(allowed: allowed) == [
                "exact: 40 fields compared, none differs that must be equal", "4 fields differ and may:",
                "  2  ids are new", "  1  a clock goes on", "  1  z is new",
            ])
        #expect(
            Self.lines(allowed: [Self.finding("a", "ids are new")], showsAllowed: true).suffix(4) == [
                "  container h/a: a", #"      captured  "x""#, "      found     2", "      may be, ids are new",
            ])
    }

    @Test func `foreign text is made safe, and long values are cut`() {
        var finding = Self.finding("Config.\u{1B}[2J")
        finding.captured = .string(String(repeating: "x", count: 500))
        let lines = Self.lines(different: [finding])
        #expect(lines[1] == "  container h/a: Config.\\u{1b}[2J")
        #expect(lines[2].count == "      captured  ".count + 200)
        #expect(lines[2].hasSuffix("x…"))
    }
}
