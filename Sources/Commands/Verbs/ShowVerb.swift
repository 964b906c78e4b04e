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
        discussion: exitStatusHelp(.notFound, .damaged))

    @Argument(help: "The snapshot: its name, or at least four digits of its id.")
    var snapshot: String

    @OptionGroup var options: GlobalOptions

    func run(_ context: CommandContext) async throws -> ExitStatus {
        let library = try context.openLibrary()
        let record = try library.find(snapshot)
        let document = try library.document(record.id)
        let rendering = DocumentRendering(document: document, id: record.id.hex, style: context.console.style)
        context.console.result(document.json, lines: rendering.lines)
        return .fine
    }
}
