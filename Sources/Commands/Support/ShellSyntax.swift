// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// How variables are set in a shell.
enum ShellSyntax: String, ExpressibleByArgument, CaseIterable {
    /// POSIX: sh, bash, zsh and others.
    case sh
    case fish

    /// The syntax of the user's own shell.
    init(environment: [String: String]) {
        self = environment["SHELL"]?.split(separator: "/").last == "fish" ? .fish : .sh
    }

    /// What else would tell the docker command which engine is meant.
    private static let rivals = ["DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"]

    /// Commands that lead docker to an engine; each ends with a semicolon, so that an unquoted `eval` does as well.
    func leading(to address: String) -> [String] {
        switch self {
        case .sh: ["export DOCKER_HOST=\(address.shellQuoted);", "unset \(Self.rivals.joined(separator: " "));"]
        case .fish: ["set -gx DOCKER_HOST \(address.shellQuoted);"] + Self.rivals.map { "set -e \($0);" }
        }
    }

    /// The command that leads docker back to its own engine.
    var leadingBack: [String] {
        switch self {
        case .sh: ["unset DOCKER_HOST;"]
        case .fish: ["set -e DOCKER_HOST;"]
        }
    }

    /// How the output of a command is obeyed.
    func obeying(_ command: String) -> String {
        switch self {
        case .sh: "# eval \"$(\(command))\""
        case .fish: "# \(command) | source"
        }
    }
}
