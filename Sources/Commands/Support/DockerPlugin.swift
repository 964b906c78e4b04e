// SPDX-License-Identifier: Apache-2.0
// https://github.com/docker/cli/blob/v28.5.2/cli-plugins/metadata/metadata.go and manager/manager.go

import JSONTree

/// envsnap as a plugin of the `docker` command: run as `docker-envsnap`, it is `docker envsnap`.
struct DockerPlugin {
    /// What docker asks a plugin first.
    static let question = "docker-cli-plugin-metadata"

    /// The arguments behind the plugin's name: the verb and its own.
    private(set) var arguments: [String] = []
    /// What docker's own options before the name mean for the engine that is used.
    private(set) var environment: [String: String] = [:]

    /// Reads the arguments of a program; nil where it does not run as a plugin.
    ///
    /// - Throws: `Failure` for an option of docker's that envsnap has no counterpart of.
    init?(program: String, arguments: [String]) throws(Failure) {
        guard program.split(separator: "/").last == "docker-envsnap" else { return nil }
        var rest = arguments[...]
        while let word = rest.popFirst() {
            if word == "envsnap" || !word.hasPrefix("-") {
                self.arguments = Array(word == "envsnap" ? rest : [word] + rest)
                return
            }
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            if let name = Self.flags[parts[0]] {
                if parts.count < 2 || parts[1] != "false" { environment[name] = "1" }
            } else if let name = Self.options[parts[0]] {
                guard let value = parts.count > 1 ? parts[1] : rest.popFirst() else { break }
                environment[name] = value
            } else if Self.others[parts[0]] == nil {
                throw Failure(
                    "usage", "envsnap does not know docker's option \(parts[0])",
                    hint: "set DOCKER_HOST or DOCKER_CONTEXT instead, and run docker envsnap without it", status: .usage
                )
            } else if Self.others[parts[0]] == true, parts.count < 2 {
                _ = rest.popFirst()
            }
        }
    }

    /// What the plugin says of itself.
    static var metadata: JSONValue {
        [
            "SchemaVersion": "0.1.0", "Vendor": "envsnap", "Version": .string(EnvSnapCommand.version),
            "ShortDescription": "Record environments of containers and recreate them",
        ]
    }

    private static let flags = ["--tlsverify": "DOCKER_TLS_VERIFY", "--tls": "DOCKER_TLS"]
    private static let options = [
        "-H": "DOCKER_HOST", "--host": "DOCKER_HOST", "-c": "DOCKER_CONTEXT", "--context": "DOCKER_CONTEXT",
        "--config": "DOCKER_CONFIG",
    ]
    /// Options without a meaning here, and whether a value follows.
    private static let others = ["-D": false, "--debug": false, "-l": true, "--log-level": true]
}
