// SPDX-License-Identifier: Apache-2.0

import JSONTree
import Terminal
import Testing

@testable import Commands
@testable import EnvironmentModel

@Suite struct DifferenceRenderingTests {
    private static let host = EnginePath(hosts: ["corge"])

    private static func difference() throws -> EnvironmentDifference {
        let document = try Sample.document()
        var difference = EnvironmentDifference(
            captured: document, found: document.engine, project: document.project, for: .difference)
        let app = ComparedObject(.container, host, "foo_app_1", callName: "app")
        difference.fields = [
            FieldFinding(subject: app, field: "State", captured: "running", found: "exited(1)", reason: nil),
            FieldFinding(subject: app, field: "Config.Env.MARK", captured: "a\u{1B}[2J", found: nil, reason: nil),
            FieldFinding(
                subject: app, field: "Config.Env.LONG", captured: .string(String(repeating: "x", count: 90)),
                found: "y", reason: nil),
            FieldFinding(
                subject: ComparedObject(.network, .outermost, "new"), field: "exists", captured: false, found: true,
                reason: nil),
        ]
        var layer = DataDifference(subject: ComparedObject(.layer, host, "app"))
        var changed = FileChange(
            path: "etc/app.conf", kind: .changed, captured: .init(kind: "file", size: 12),
            found: .init(kind: "file", size: 1200))
        changed.properties = [
            .init(name: "mode", captured: "644", found: "600"), .init(name: "content", captured: "1", found: "2"),
            .init(name: "time", captured: "1", found: "2"),
        ]
        changed.lines = LineCounts(added: 3, removed: 1)
        changed.unified = ["@@ -1 +1 @@", "-a\tb", "+c"]
        var touched = changed
        touched.properties = [.init(name: "time", captured: "1", found: "2")]
        layer.changes = [changed, touched]
        layer.changes += (0..<30).map { number in
            FileChange(path: "tmp/\(number)", kind: .added, captured: nil, found: .init(kind: "file", size: 1))
        }
        difference.add(layer)
        return difference
    }

    private static func lines(_ difference: EnvironmentDifference, showsAll: Bool = false) -> [String] {
        DifferenceRendering(
            difference: difference, sides: ("before (1234)", "after (5678)"), style: Style(isColoured: false),
            width: 80, showsAll: showsAll
        ).lines
    }

    @Test func `differences stand by host and object, in 80 columns`() throws {
        let lines = Self.lines(try Self.difference())
        #expect(
            lines.prefix(22) == [
                "before (1234) → after (5678)", "", "project", "  network new", "    + only in after (5678)", "",
                "host corge", "  container app", "    ~ state        running → exited(1)",
                "    − env          MARK: a\\u{1b}[2J", "    ~ env          LONG",
                "                   − " + String(repeating: "x", count: 58) + "…", "                   + y",
                "    writable layer",
                "      ~ etc/app.conf  mode 644 → 600, 12 B → 1.20 kB, +3 −1 lines",
                "        @@ -1 +1 @@", "        -a\tb", "        +c", "      + tmp/0  1 B", "      + tmp/1  1 B",
                "      + tmp/2  1 B", "      + tmp/3  1 B",
            ])
        #expect(lines.suffix(2) == ["      … and 11 more (-v lists them)", "      1 more with another time only"])
        #expect(lines.allSatisfy { $0.count <= 80 })
    }

    @Test func `all of it is shown where it is asked for`() throws {
        let lines = Self.lines(try Self.difference(), showsAll: true)
        #expect(lines.contains("      + tmp/29  1 B"))
        #expect(lines.contains { $0.contains(String(repeating: "x", count: 90)) })
    }

    @Test func `what does not differ is one line`() throws {
        let document = try Sample.document()
        let same = EnvironmentDifference(captured: document, found: document.engine, project: nil, for: .difference)
        #expect(Self.lines(same) == ["before (1234) → after (5678): equal, \(same.compared) fields compared"])
    }
}
