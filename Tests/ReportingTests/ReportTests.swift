// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import Foundation
import JSONTree
import Testing

@testable import Reporting

@Suite struct ReportTests {
    private static let golden = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

    /// Compares a report with the one that was read by people; `ENVSNAP_GOLDEN=write` writes it anew.
    private static func expectGolden(_ text: String, _ name: String) throws {
        let file = golden.appending(path: name)
        if ProcessInfo.processInfo.environment["ENVSNAP_GOLDEN"] == "write" {
            try Data(text.utf8).write(to: file)
        }
        #expect(try text == String(contentsOf: file, encoding: .utf8), "\(name) differs")
    }

    /// A report against an earlier snapshot, in which much was otherwise.
    private static func report() throws -> Report {
        let document = try Sample.document()
        var earlier = document
        earlier.engine.containers[0].engine?.containers[0] = Sample.container(
            "foo-app", networks: ["app": ["IPAddress": "172.18.0.9"]])
        earlier.engine.containers[0].inspect = Sample.container("foo-host-corge").inspect
        earlier.engine.images[0].config = try Sample.digest("b")
        var difference = EnvironmentDifference(
            captured: earlier, found: document.engine, project: document.project, for: .difference)
        difference.images[0].packages = [PackageChange(name: "libc6", captured: "2.36", found: "2.41")]
        var data = DataDifference(subject: ComparedObject(.folder, .outermost, "/srv/foo"))
        data.changes = [
            FileChange(
                path: "corge/new", kind: .added, captured: nil, found: FileChange.Facts(kind: "file", size: 12))
        ]
        difference.add(data)
        return Report(on: document, id: Sample.id, comparison: .init(name: "earlier", difference: difference))
    }

    @Test func `reports are as they were read and found good`() throws {
        let report = try Self.report()
        try Self.expectGolden(report.markdown, "report.md")
        try Self.expectGolden(report.html, "report.html")
        #expect(report.html == (try Self.report()).html)
    }

    static let hostile = [
        "<script>alert(1)</script>", "\"onload=\"alert(1)", "'><img src=x onerror=alert(1)>", "</title><b>x</b>",
        "`code` | @octocat #1 <b>x</b>", "]]>-->", "\u{202E}evil\u{1B}[31m", "&lt;b&gt;",
    ]

    /// A document with the text wherever foreign text can stand.
    static func document(with text: String) throws -> EnvironmentDocument {
        var document = try Sample.document()
        document.name = text
        document.message = text
        document.tags = [text: text]
        document.project.name = text
        document.engine.containers[0].engine?.containers[0] = Sample.container(
            text, state: ["Status": .string(text)], networks: [text: ["IPAddress": .string(text)]],
            mounts: [["Type": "bind", "Source": .string(text), "Destination": .string(text)]],
            ports: [text: [["HostPort": .string(text)]]], image: text)
        document.engine.networks[0] = Sample.network(text, text)
        document.engine.images[0].tags = [text]
        document.trees[0].path = text
        document.notCaptured = [Remark(object: text, text: text, weight: .loss)]
        let output = ProbeOutput(beginning: Array("\(text)\n\(text)".utf8), bytes: 99)
        document.probes = [
            ProbeRecord(
                container: text, command: text, timeLimit: 1,
                result: ProbeResult(ending: .notRun(text), stdout: output, stderr: output))
        ]
        return document
    }

    @Test(arguments: hostile) func `no foreign text becomes markup in the page`(_ text: String) throws {
        let document = try Self.document(with: text)
        let difference = EnvironmentDifference(
            captured: try Sample.document(), found: document.engine, project: document.project, for: .difference)
        let html = Report(on: document, id: text, comparison: .init(name: text, difference: difference)).html
        let tags = html.matches(of: /<([a-zA-Z\/!][^\s>]*)/).map { String($0.1).lowercased() }
        let known: Set = [
            "!doctype", "html", "head", "meta", "title", "style", "body", "header", "main", "section", "h1", "h2", "p",
            "ul", "li", "pre", "code", "div", "table", "caption", "thead", "tbody", "tr", "th", "td", "svg", "desc",
            "rect", "text", "tspan", "circle", "path",
        ]
        #expect(Set(tags.map { $0.replacing("/", with: "") }).isSubset(of: known))
        // Nothing but quoted attributes of the report's own stands in a tag.
        for tag in html.matches(of: /<[a-zA-Z][^>]*>/) {
            #expect(tag.0.wholeMatch(of: /<[a-zA-Z0-9]+( [a-zA-Z-]+="[^"<]*")*>/) != nil, "\(tag.0)")
            #expect(!tag.0.contains(" on"))
        }
        #expect(!html.unicodeScalars.contains { $0.value == 0x1B || $0.value == 0x202E })
    }

    @Test(arguments: hostile) func `foreign text stands in code spans of the Markdown`(_ text: String) throws {
        let span = Markdown(rowLimit: 9).span(text)
        let fence = span.prefix { $0 == "`" }
        #expect(!fence.isEmpty && span.hasSuffix(fence))
        #expect(!span.dropFirst(fence.count).dropLast(fence.count).contains(fence))
        #expect(!span.replacing("\\|", with: "").contains("|"))
        let markdown = Report(on: try Self.document(with: text), id: Sample.id).markdown
        // Outside of code there is nothing that GitHub would take for HTML or a mention.
        let outside = markdown.replacing(/```+text\n[\s\S]*?\n```+/, with: "").replacing(
            /(`+)(?:(?!\1).)+?\1(?!`)/, with: "")
        #expect(!outside.contains("<") && !outside.contains("@") && !outside.contains("#1"), "\(outside)")
    }

    @Test func `probes are told with what they wrote, and only where there are any`() throws {
        var document = try Sample.document()
        #expect(!Report(on: document, id: Sample.id).markdown.contains("## Probes"))
        let lines = (1...30).map { "line \($0)\n" }.joined()
        document.probes = [
            ProbeRecord(
                container: "foo-host-corge/foo-app", command: "nc -vz redis 6379", timeLimit: 1,
                result: ProbeResult(
                    ending: .exited(1),
                    stderr: ProbeOutput(beginning: Array(lines.utf8), bytes: Int64(lines.utf8.count)),
                    milliseconds: 61))
        ]
        let report = Report(on: document, id: Sample.id)
        #expect(
            report.markdown.contains(
                "| `foo-host-corge/foo-app` | `nc -vz redis 6379` | `exit status 1` | `61 ms` |"))
        #expect(report.markdown.contains("```text\nfoo-host-corge/foo-app: nc -vz redis 6379\nline 1\nline 2\n"))
        #expect(report.markdown.contains("line 20\n… (231 B in all)"))
        #expect(!report.markdown.contains("line 21"))
        #expect(report.html.contains("<pre><code>foo-host-corge/foo-app: nc -vz redis 6379\nline 1\n"))
    }

    @Test func `a page needs nothing from elsewhere`() throws {
        let html = try Self.report().html
        for word in ["http://", "https://", "src=", "href=", "url(", "@import", "<script", "<link"] {
            #expect(!html.contains(word), "\(word)")
        }
    }

    @Test func `values that may be secret stay out`() throws {
        let document = try Sample.document()
        var earlier = document
        earlier.engine.containers[0].inspect = Sample.container("foo-host-corge", image: "foo-host:dev").inspect
        let env: JSONValue = ["PASSWORD=swordfish"]
        guard case .object(var inspect) = earlier.engine.containers[0].inspect else { return }
        inspect["Config"] = ["Image": "foo-host:dev", "Env": env, "Cmd": ["--token", "swordfish"]]
        earlier.engine.containers[0].inspect = .object(inspect)
        let difference = EnvironmentDifference(
            captured: earlier, found: document.engine, project: nil, for: .difference)
        let report = Report(on: document, id: Sample.id, comparison: .init(name: "earlier", difference: difference))
        for text in [report.markdown, report.html] {
            #expect(text.contains("PASSWORD") && text.contains("(left out)"))
            #expect(!text.contains("hunter2") && !text.contains("swordfish"))
        }
    }

    @Test func `Markdown fits into an issue however much there is`() throws {
        let report = Report(on: try Sample.large(hosts: 30, containers: 40), id: Sample.id)
        #expect(report.markdown.utf8.count <= 65_536)
        #expect(report.markdown.contains("more rows, which the HTML report has"))
        #expect(report.html.contains("host-29-of-a-deployment-with-a-name-that-is-rather-long-service-39"))
    }

    @Test(arguments: [1040.0, 350.0]) func `no text in the drawing lies on another, or outside`(_ width: Double) throws
    {
        for document in [try Sample.document(), try Sample.large(hosts: 10, containers: 10)] {
            let svg = TopologyDrawing(document, width: width, id: "t").svg.source
            let texts = svg.matches(
                of: /<text class="[a-z]*" x="([0-9.]+)" y="([0-9.]+)">(?:<title>[^<]*<\/title>)?<tspan>([^<]*)</)
            #expect(texts.count > 10)
            var rows: [String: [(start: Double, end: Double)]] = [:]
            for text in texts {
                let start = try #require(Double(text.1))
                // The widest common font at 12 px, DejaVu Sans Mono, takes 7.23.
                let end = start + Double(String(text.3).count) * 7.23
                #expect(end <= width, "\(text.3)")
                rows[String(text.2), default: []].append((start, end))
            }
            let heights = try rows.keys.map { try #require(Double($0)) }.sorted()
            #expect(zip(heights, heights.dropFirst()).allSatisfy { $1 - $0 >= 14 }, "lines are too close")
            for row in rows.values {
                let sorted = row.sorted { $0.start < $1.start }
                #expect(zip(sorted, sorted.dropFirst()).allSatisfy { $0.end <= $1.start })
            }
        }
    }
}
