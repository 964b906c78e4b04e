// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Catalogue
import JSONTree
import OCI
import Snapshots
import Terminal

struct RmVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "rm", abstract: "Remove snapshots; gc then frees their space.",
        discussion: """
            A snapshot of which a replay stands is not removed.

            EXAMPLES
              envsnap rm before
              envsnap rm 3f2a 91c0 && envsnap gc

            \(exitStatusHelp(.notFound, .locked, .damaged))
            """)

    @Argument(help: "The snapshots.", completion: Completions.snapshots)
    var snapshots: [String]

    @OptionGroup var options: GlobalOptions

    func run(_ context: CommandContext) async throws -> ExitStatus {
        let library = try context.openLibrary()
        let records = try snapshots.map(library.find)
        for record in records { try library.remove(record) }
        context.console.result(
            ["removed": .array(records.map { .string($0.id.hex) })],
            lines: records.map { "removed \($0.name ?? String($0.id.hex.prefix(12)))" })
        return .fine
    }
}
