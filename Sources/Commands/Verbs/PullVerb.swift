// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Catalogue
import Sharing
import Snapshots
import Terminal

struct PullVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "pull", abstract: "Fetch a snapshot from a registry into the store.",
        discussion: """
            Only what the store lacks is fetched, every byte is verified before the snapshot shows, and an interrupted \
            pull goes on when it is run once more. Logins are those of docker login, credential helpers among them.

            EXAMPLES
              envsnap pull oci://registry.example/team/foo:before
              envsnap pull oci://registry.example/team/foo@sha256:…      exactly what push said it sent

            \(exitStatusHelp(.notFound, .locked, .damaged))
            """)

    @Argument(help: "Where from: oci://HOST[:PORT]/REPOSITORY[:TAG].")
    var reference: String

    @OptionGroup var registry: RegistryOptionGroup
    @OptionGroup var options: GlobalOptions

    func run(_ context: CommandContext) async throws -> ExitStatus {
        let received = try await context.pull(
            RegistryReference(parsing: reference), registry.options(context), into: try context.openLibrary())
        context.showReceived(received, verb: "pulled")
        return .fine
    }
}
