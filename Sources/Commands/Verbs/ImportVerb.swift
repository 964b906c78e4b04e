// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Catalogue
import JSONTree
import OCI
import Sharing
import Snapshots
import Terminal

struct ImportVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Take the snapshot of a bundle into the store.",
        discussion: """
            Every byte is verified before the snapshot shows. Of a bundle in parts, one part is named, when the others \
            lie beside it, or all are. ls and show remember where a snapshot came from.

            EXAMPLES
              envsnap import before.envsnap              a bundle
              envsnap import before.envsnap.part001      one in parts
              ssh host envsnap export before -o - | envsnap import -
              envsnap import before.envsnap --require-signer alice@example.org

            \(exitStatusHelp(.notFound, .locked, .damaged))
            """)

    @Argument(help: "The bundle, its parts, or - for standard input.", completion: .file())
    var files: [String]

    @Option(
        name: .customLong("identity"),
        help: ArgumentHelp("The file of a key that decrypts the bundle; may be repeated.", valueName: "file"),
        completion: .file())
    var identities: [String] = []

    @OptionGroup var signer: SignerOptionGroup
    @OptionGroup var options: GlobalOptions

    func run(_ context: CommandContext) async throws -> ExitStatus {
        let library = try context.openLibrary()
        let received = try await context.importBundle(
            files, into: library, identities: identities, signer: signer.requirement(context.environment))
        context.showReceived(received, verb: "imported")
        return .fine
    }
}

extension CommandContext {
    /// Shows a snapshot that came into the store.
    func showReceived(_ received: ReceivedSnapshot, verb: String) {
        let called = (received.name ?? received.id.short).safeForTerminal
        let account = received.account
        console.result(
            [
                "id": .string(received.id.hex), "name": .optional(received.name),
                "wasPresent": .bool(received.wasPresent),
                "bytes": [
                    "read": .int(account.read), "new": .int(account.new), "stored": .int(account.stored),
                ],
            ],
            lines: received.wasPresent
                ? ["\(called) was here already", "  id      \(received.id.hex)"]
                : [
                    "\(verb) \(called)", "  id      \(received.id.hex)",
                    "  new     \(Units.bytes(account.new)), stored in \(Units.bytes(account.stored))",
                ])
    }
}
