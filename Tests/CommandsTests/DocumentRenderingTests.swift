// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import Terminal
import Testing

@testable import Commands

@Suite struct DocumentRenderingTests {
    private static func lines(_ document: EnvironmentDocument, isColoured: Bool = false) -> [String] {
        DocumentRendering(document: document, id: "0123", style: Style(isColoured: isColoured)).lines
    }

    @Test func `a snapshot is shown as a tree of engines and what they hold`() throws {
        #expect(
            Self.lines(try Sample.document()) == [
                "snapshot 0123", "  captured   2026-11-01T10:00:00Z by envsnap 0.1.0", "  paused     0 ms", "",
                "project foo in /srv/foo",
                "├─ folders and files",
                "│  └─ /srv/foo  12 entries, 1.23 MB",
                "└─ engine 20.10.24 (API 1.41, overlay2)",
                "   ├─ network foo_net  10.5.0.0/16",
                "   ├─ host corge  running  10.5.0.9  docker:dind",
                "   │  ├─ /conf ← /srv/foo/conf (read-only)",
                "   │  ├─ writable layer  3 entries, 2.00 kB",
                "   │  └─ engine 26.1.5 (API 1.45, overlay2)",
                "   │     └─ container redis  running, healthy  172.18.0.2  6379→6379/tcp  redis:7",
                "   ├─ container job  exited(3)  job\\u{1b}[2J:1",
                "   ├─ volumes",
                "   │  ├─ kept  1 entry, 0 B",
                "   │  └─ left-out  no data",
                "   └─ images",
                "      ├─ docker:dind  aaaaaaaaaaaa  1 layer",
                "      └─ <none>  cccccccccccc  0 layers",
            ])
    }

    @Test func `what the user gave it, and what is missing or changed, stand around it`() throws {
        var document = try Sample.document()
        document.name = "before"
        document.message = "the \u{1B}[31mred one"
        document.tags = ["b": "2", "a": "1"]
        document.pauseMilliseconds = 1250
        document.notCaptured = [Remark(object: "v", text: "left out as asked", weight: .loss)]
        document.changedMeanwhile = [Remark(object: "container c", text: "ended", weight: .note)]
        let lines = Self.lines(document)
        #expect(
            lines.prefix(7) == [
                "snapshot 0123", "  name       before", "  message    the \\u{1b}[31mred one", "  tag        a=1",
                "  tag        b=2", "  captured   2026-11-01T10:00:00Z by envsnap 0.1.0", "  paused     1.2 s",
            ])
        #expect(
            lines.suffix(6) == [
                "", "not captured", "  v: left out as asked", "", "changed while it was captured",
                "  container c: ended",
            ])
    }

    @Test func `on a terminal names stand out, and only they`() throws {
        let coloured = Self.lines(try Sample.document(), isColoured: true).filter { $0.contains("\u{1B}") }
        #expect(coloured.count == 4)
        #expect(coloured.first == "\u{1B}[1mproject foo\u{1B}[0m in /srv/foo")
    }
}
