// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Catalogue
import EnvironmentModel
import JSONTree
import OCI
import Replay
import Sharing
import Snapshots
import Terminal

struct ShowVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show what a snapshot holds.",
        discussion: """
            A bundle is read and not imported; no engine is needed, and nothing of it is run. Of a snapshot from elsewhere it \
            says who signed it, and what it would ask for when it is replayed.

            EXAMPLES
              envsnap show before               a snapshot of the store
              envsnap show before.envsnap       what a bundle holds, before it is imported

            \(exitStatusHelp(.notFound, .locked, .damaged))
            """)

    @Argument(help: SnapshotSource.help, completion: Completions.snapshotsAndBundles)
    var snapshot: String

    @Option(
        name: .customLong("identity"),
        help: ArgumentHelp("The file of a key that decrypts the bundle; may be repeated.", valueName: "file"),
        completion: .file())
    var identities: [String] = []

    @OptionGroup var options: GlobalOptions

    func run(_ context: CommandContext) async throws -> ExitStatus {
        let library = try context.openLibrary()
        let look = try await context.look(at: snapshot, in: library, identities: identities)
        var rendering = DocumentRendering(
            document: look.document, id: look.id.hex, origin: look.origin, style: context.console.style)
        if look.isForeign, !context.console.printsJSON {
            rendering.powers = PowerPlan(look.document).requests
            rendering.signature = try await signature(of: look, context)
        }
        context.console.result(look.document.json, lines: rendering.lines)
        return .fine
    }

    /// What is known of the signature, in words.
    private func signature(of look: SnapshotLook, _ context: CommandContext) async throws -> String? {
        guard let signature = look.signature else { return look.origin == nil ? "none" : nil }
        let environment = context.environment
        return try await context.cancellable { _ in
            // A list is of use, but not needed.
            let signers = try? SignerList(allowed: nil, environment: environment)
            do {
                switch try SignatureVerifier(environment: environment).find(signature, signers: signers) {
                case .signed(let identities): return "good, of \(identities.joined(separator: ", "))"
                case .unknownKey(let key): return "of an unknown key \(key)"
                case .bad(let why): return "BAD: \(why)"
                }
            } catch let error as SharingError where error.code == .signature {
                return "there is one, not looked at: \(error.message)"
            }
        }
    }
}
