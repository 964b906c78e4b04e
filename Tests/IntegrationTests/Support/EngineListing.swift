// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What an engine holds, as the docker command lists it: what capturing must leave as it was.
struct EngineListing: Equatable, CustomStringConvertible {
    /// The lines of all listings, sorted.
    let lines: [String]

    var description: String { lines.joined(separator: "\n") }

    /// Lists the engine that a docker command speaks with: `["docker"]`, or one with `exec` before it.
    init(_ docker: [String] = ["docker"]) throws {
        let listings = [
            ["container", "ls", "-a", "--no-trunc", "--format", "{{.ID}} {{.Names}} {{.Image}} {{.State}}"],
            ["image", "ls", "-a", "--no-trunc", "--format", "{{.ID}} {{.Repository}}:{{.Tag}}"],
            ["volume", "ls", "--format", "{{.Name}} {{.Driver}}"],
            ["network", "ls", "--no-trunc", "--format", "{{.ID}} {{.Name}}"],
        ]
        lines = try listings.flatMap { arguments in
            let outcome = try Command.outcome(docker + arguments)
            guard outcome.status == 0 else { throw outcome }
            return outcome.output.split(separator: "\n").map { "\(arguments[0]) \($0)" }
        }.sorted()
    }

    /// The ids of paused containers of the outermost engine.
    static func pausedContainers() throws -> String {
        try Command.run("docker", "container", "ls", "-q", "--no-trunc", "--filter", "status=paused")
    }
}
