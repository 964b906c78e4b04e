// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

extension IntegrationTests {
    @Suite("Manual pages") struct ManualTests {
        private static let folder =
            URL(filePath: Settings.tools).deletingLastPathComponent().path + "/docs/man"

        @Test("are what the commands say of themselves")
        func current() throws {
            let outcome = try Command.outcome(
                ["\(Settings.tools)/manual", "--check"], environment: ["ENVSNAP_BINARY": Settings.binary])
            #expect(outcome.status == 0, "\(outcome)")
        }

        @Test("a page that is not current is named, and a date alone makes none old")
        func stale() throws {
            try World.with("manual") { world in
                let pages = "\(world.folder)/man"
                try Command.run("cp", "-r", Self.folder, pages)
                func check() throws -> Outcome {
                    let help = try Command.run(Settings.binary, "--experimental-dump-help")
                    return try Command.outcome(
                        ["python3", "-B", "-m", "manual", "--check", pages],
                        environment: ["PYTHONPATH": "\(Settings.tools)/lib"], input: help)
                }
                try Command.run("sed", "-i", "s/^\\.Dd .*/.Dd January 1, 2001/", "\(pages)/envsnap-ls.1")
                _ = try check().expecting(0)
                try Command.run("sed", "-i", "s/newest/oldest/", "\(pages)/envsnap-ls.1")
                try Command.run("cp", "\(pages)/envsnap-ls.1", "\(pages)/envsnap-gone.1")
                let outcome = try check().expecting(1)
                #expect(outcome.errors.contains("envsnap-gone.1") && outcome.errors.contains("envsnap-ls.1"))
            }
        }

        @Test("mandoc finds nothing wrong in them, and they say what a page has to")
        func lint() throws {
            let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder).filter { $0.hasSuffix(".1") }
            #expect(names.count > 15)
            for name in names.sorted() {
                let outcome = try Command.outcome(["mandoc", "-T", "lint", "-W", "style", "\(Self.folder)/\(name)"])
                let complaints = (outcome.output + outcome.errors).split(separator: "\n").filter {
                    !Self.isAboutOtherPages($0)
                }
                #expect(complaints.isEmpty, "\(name): \(complaints)")
                let text = try Command.script(#"mandoc -T utf8 "$1" | col -b"#, "\(Self.folder)/\(name)")
                for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "EXIT STATUS", "EXAMPLES", "SEE ALSO"] {
                    #expect(text.contains("\n\(section)\n"), "\(name) has no \(section)")
                }
            }
        }

        @Test("every command line on every page has a verb and options that there are")
        func commandLines() throws {
            let outcome = try Command.outcome(
                ["\(Settings.tools)/tutorial", "--check"], environment: ["ENVSNAP_BINARY": Settings.binary]
            ).expecting(0)
            let count = outcome.output.split(separator: " ").first.flatMap { Int($0) } ?? 0
            #expect(count > 150, "\(outcome)")
        }

        /// Whether a complaint is that a page is not on this machine, as ours before they are installed.
        private static func isAboutOtherPages(_ line: Substring) -> Bool {
            line.contains("referenced manual not found") || line.contains("outdated mandoc.db")
        }
    }
}
