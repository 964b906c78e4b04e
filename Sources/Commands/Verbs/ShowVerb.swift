// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Catalogue
import EnvironmentModel
import JSONTree
import OCI
import Snapshots
import Terminal

struct ShowVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show what a snapshot holds.",
        discussion: """
            A bundle is read and not imported; no engine is needed, and nothing of it is run.

            EXAMPLES
              envsnap show before               a snapshot of the store
              envsnap show before.envsnap       what a bundle holds, before it is imported

            \(exitStatusHelp(.notFound, .damaged))
            """)

    @Argument(help: SnapshotSource.help)
    var snapshot: String

    @Option(
        name: .customLong("identity"),
        help: ArgumentHelp("The file of a key that decrypts the bundle; may be repeated.", valueName: "file"))
    var identities: [String] = []

    @OptionGroup var options: GlobalOptions

    func run(_ context: CommandContext) async throws -> ExitStatus {
        let library = try context.openLibrary()
        let (document, id, origin) = try await context.look(at: snapshot, in: library, identities: identities)
        let rendering = DocumentRendering(
            document: document, id: id.hex, origin: origin, style: context.console.style)
        context.console.result(document.json, lines: rendering.lines)
        return .fine
    }
}
