// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import Terminal
import Testing

@testable import Commands

@Suite struct ProbeRenderingTests {
    private static func result(_ ending: ProbeResult.Ending, _ stderr: String = "") -> ProbeResult {
        ProbeResult(
            ending: ending, stderr: ProbeOutput(beginning: Array(stderr.utf8), bytes: Int64(stderr.utf8.count)),
            milliseconds: 61)
    }

    private static func probe(_ result: ProbeResult) -> ProbeRecord {
        ProbeRecord(container: "corge/app", command: "nc -vz redis\u{1B}[2J 6379", timeLimit: 1, result: result)
    }

    private static func lines(
        _ captured: ProbeResult, _ found: ProbeResult, attempts: Int = 1, showsAll: Bool = false
    ) -> [String] {
        ProbeRendering(style: Style(isColoured: false), showsAll: showsAll)
            .lines([ProbeVerdict(probe: probe(captured), found: found, attempts: attempts)])
    }

    private static let title = "corge/app: nc -vz redis\\u{1b}[2J 6379"

    @Test func `what is reproduced is one line, and says where output is other or it took attempts`() {
        let captured = Self.result(.exited(1), "a")
        #expect(Self.lines(captured, captured) == ["reproduced  \(Self.title): exit status 1"])
        #expect(
            Self.lines(captured, Self.result(.exited(1), "b"), attempts: 3) == [
                "reproduced  \(Self.title): exit status 1, at attempt 3, with other output (-v shows it)"
            ])
    }

    @Test func `what differs is shown with both outputs, in which nothing reaches the terminal`() {
        #expect(
            Self.lines(Self.result(.exited(1), "refused\u{1B}[31m\nb\n"), Self.result(.timedOut), attempts: 2) == [
                "differs     \(Self.title)", "      captured    exit status 1 after 61 ms",
                "                  | refused\\u{1b}[31m", "                  | b",
                "      found       no end within its time, also at attempt 2",
            ])
    }

    @Test func `long output is cut unless all is asked for`() {
        let long = (1...12).map { "\($0)\n" }.joined()
        let lines = Self.lines(Self.result(.exited(1), long), Self.result(.exited(0)))
        #expect(lines.contains("                  | 10"))
        #expect(!lines.contains("                  | 11"))
        #expect(lines.contains("                  … and 2 lines more (-v shows all)"))
        #expect(
            Self.lines(Self.result(.exited(1), long), Self.result(.exited(0)), showsAll: true)
                .contains("                  | 12"))
    }

    @Test func `a snapshot is shown with its probes at the end`() throws {
        var document = try Sample.document()
        var captured = Self.result(.exited(1), "x")
        captured.stderr.bytes = 70_000
        captured.stderr.isCut = true
        document.probes = [Self.probe(captured)]
        let lines = DocumentRendering(document: document, id: "0123", style: Style(isColoured: false)).lines
        #expect(
            lines.suffix(6) == [
                "", "probes", "  \(Self.title)", "      exit status 1 after 61 ms", "      | x",
                "      … cut: it wrote 70.0 kB",
            ])
    }
}
