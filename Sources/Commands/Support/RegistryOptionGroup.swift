// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Sharing

/// The options of verbs that speak with a registry.
struct RegistryOptionGroup: ParsableArguments {
    @Option(
        help: ArgumentHelp("Trust the certificates in this PEM file beside those of the system.", valueName: "file"),
        completion: .file())
    var caFile: String?

    @Flag(name: .customLong("plain-http"), help: "Speak HTTP without TLS, also with another machine.")
    var plainHTTP = false

    /// Without certificates of one's own, and with TLS.
    static func byTheBook(_ context: CommandContext) -> RegistryOptions {
        RegistryOptions(environment: context.environment, userAgent: "envsnap/\(EnvSnapCommand.version)")
    }

    func options(_ context: CommandContext) -> RegistryOptions {
        var options = Self.byTheBook(context)
        options.authorities = caFile
        options.allowsPlainHTTP = plainHTTP
        return options
    }
}
