// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Sharing
import Terminal

/// What is to be done with the secrets of a snapshot that is given away.
struct SecretOptions: ParsableArguments {
    @Flag(help: "Replace secrets by stand-ins of the same form, so that a replay still works.")
    var redact = false

    @Flag(help: "Give secrets away as they are.")
    var includeSecrets = false

    @Option(
        name: .customLong("encrypt-to"),
        help: ArgumentHelp(
            "Encrypt the bundle with age: age1…, \"ssh-ed25519 …\" or a file of them; may be repeated.",
            valueName: "recipient"))
    var recipients: [String] = []

    func validate() throws {
        guard !(redact && includeSecrets) else {
            throw ValidationError("--redact and --include-secrets are opposites: choose one")
        }
    }

    /// Whether a snapshot may leave without having been looked through.
    var allowsSecrets: Bool { includeSecrets || !recipients.isEmpty }
}
