// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Testing

@testable import Commands

@Suite struct HelpTests {
    private static let verbs = EnvSnapCommand.configuration.groupedSubcommands.flatMap(\.subcommands)

    @Test(arguments: [60, 80, 100]) func `paragraphs fill the terminal's width, whatever that is`(columns: Int) {
        for verb in Self.verbs {
            let help = EnvSnapCommand.helpMessage(for: verb, columns: columns)
            let lines = help.split(separator: "\n", omittingEmptySubsequences: false)
                .prefix { !$0.hasPrefix("EX") && !$0.hasPrefix("USAGE") }
            for (line, next) in zip(lines, lines.dropFirst()) where !line.isEmpty {
                guard let word = next.split(separator: " ").first else { continue }
                #expect(line.count + 1 + word.count >= columns, "\(verb) breaks the line behind \"\(line)\"")
            }
        }
    }

    @Test func `every verb shows examples and what its exit statuses mean`() {
        for verb in Self.verbs {
            let help = EnvSnapCommand.helpMessage(for: verb, columns: 100)
            #expect(help.contains("EXAMPLES\n  envsnap \(verb._commandName)"), "\(verb)")
            // These open no store.
            let isStoreless = ["up", "load"].contains(verb._commandName)
            let ofStores: [Commands.ExitStatus] = isStoreless ? [] : [.locked, .damaged]
            for status in [Commands.ExitStatus.fine, .failed, .usage, .interrupted] + ofStores {
                #expect(help.contains("\n  \(status.rawValue)  \(status.meaning)\n"), "\(verb) \(status)")
            }
        }
    }
}
