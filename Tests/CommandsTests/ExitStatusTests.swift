// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Testing

@testable import Commands

@Suite struct ExitStatusTests {
    private static let readme = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "README.md")

    /// The rows of the README's table of exit statuses.
    private static func rows() throws -> [String] {
        let text = try String(contentsOf: readme, encoding: .utf8)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let after = lines.drop { $0 != "| exit status | meaning |" }.dropFirst(2)
        return after.prefix { $0.hasPrefix("|") }.map(String.init)
    }

    @Test func `the README's table is the program's`() throws {
        let rows = try Self.rows().map { row in
            let cells = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            // What the README says in addition stands in brackets.
            return cells.map { $0.replacing("`", with: "").split(separator: " (").first.map(String.init) ?? "" }
        }
        #expect(rows == Commands.ExitStatus.allCases.map { ["\($0.rawValue)", $0.meaning] })
    }

    private static let verbs: [any Verb.Type] = [
        UpVerb.self, LoadVerb.self,
        DoctorVerb.self, CaptureVerb.self, ReplayVerb.self, PsVerb.self, VerifyVerb.self, ResetVerb.self, DownVerb.self,
        LsVerb.self, ShowVerb.self, DiffVerb.self, ReportVerb.self, ExportVerb.self, ImportVerb.self, PushVerb.self,
        PullVerb.self, RmVerb.self, ForgetVerb.self, GcVerb.self, CheckVerb.self, BisectVerb.self, EnvVerb.self,
        ShellVerb.self, LogsVerb.self, CpVerb.self,
    ]

    private static func named(in verb: any ParsableCommand.Type) -> [Commands.ExitStatus] {
        let help = EnvSnapCommand.helpMessage(for: verb, columns: 200)
        let lines = help.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        guard let start = lines.firstIndex(of: "EXIT STATUS") else { return [] }
        return lines[(start + 1)...].prefix { $0.first?.isNumber == true }.compactMap { line in
            Commands.ExitStatus.allCases.first { line == "\($0.rawValue)  \($0.meaning)" }
        }
    }

    @Test func `the help of every verb ends with its statuses, in their order`() {
        for verb in Self.verbs {
            let statuses = Self.named(in: verb)
            #expect(Set(statuses).isSuperset(of: [.fine, .failed, .usage, .interrupted]), "\(verb)")
            #expect(Set(statuses).count == statuses.count, "\(verb)")
            #expect(statuses.last == .interrupted, "\(verb)")
        }
    }

    @Test func `a verb names what it alone can end with`() {
        func verbs(naming status: Commands.ExitStatus) -> Set<String> {
            Set(Self.verbs.filter { Self.named(in: $0).contains(status) }.compactMap { $0.configuration.commandName })
        }
        #expect(verbs(naming: .incomplete) == ["capture"])
        #expect(verbs(naming: .differs) == ["replay", "verify", "reset", "diff"])
        #expect(
            verbs(naming: .notFound) == [
                "replay", "verify", "reset", "down", "show", "diff", "report", "export", "import", "push", "pull", "rm",
                "bisect", "env", "shell", "logs", "cp",
            ])
        #expect(verbs(naming: .refused) == ["replay", "export", "push", "bisect"])
        #expect(
            verbs(naming: .unreachable) == [
                "up", "load", "doctor", "capture", "replay", "verify", "reset", "down", "diff", "bisect", "env",
                "shell", "logs", "cp",
            ])
        #expect(verbs(naming: .damaged).isSuperset(of: ["check", "gc", "ls", "show", "replay", "verify"]))
        #expect(verbs(naming: .locked).isSuperset(of: ["capture", "rm", "gc", "check"]))
    }

    @Test func `exec ends as its command`() {
        // What is envsnap's own is named all the same.
        #expect(Self.named(in: ExecVerb.self).contains(.notFound))
        let help = EnvSnapCommand.helpMessage(for: ExecVerb.self, columns: 200).split(whereSeparator: \.isWhitespace)
        #expect(help.joined(separator: " ").contains("The exit status is the command's;"))
    }

    @Test func `no verb is left out here`() {
        let all = EnvSnapCommand.configuration.groupedSubcommands.flatMap(\.subcommands)
        let known: [any ParsableCommand.Type] = Self.verbs + [ExecVerb.self, RunVerb.self]
        #expect(Set(all.map { ObjectIdentifier($0) }) == Set(known.map { ObjectIdentifier($0) }))
    }
}
