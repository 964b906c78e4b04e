// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What an engine holds, as the docker command lists it: what capturing must leave as it was.
struct EngineListing {
    /// The lines of all listings, sorted.
    let lines: [String]

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
        }.filter { !Settings.isShared || $0.contains("envsnap-test") }.sorted()
    }

    /// What came and what went since another listing.
    func changes(since other: EngineListing) -> [String] {
        lines.filter { !other.lines.contains($0) }.map { "+ \($0)" }
            + other.lines.filter { !lines.contains($0) }.map { "- \($0)" }
    }

    /// Fails where an engine, or else the outermost one, holds other things than it did.
    static func expectNoChange(
        since other: EngineListing, on docker: [String] = ["docker"], _ what: Comment? = nil,
        location: SourceLocation = #_sourceLocation
    ) throws {
        let changes = try EngineListing(docker).changes(since: other)
        #expect(changes.isEmpty, what, sourceLocation: location)
    }

    /// The paused containers of the outermost engine.
    static func pausedContainers() throws -> String {
        let paused = try Command.run(
            "docker", "container", "ls", "--filter", "status=paused", "--format", "{{.ID}} {{.Names}}")
        return paused.split(separator: "\n").filter { !Settings.isShared || $0.contains("envsnap-test") }
            .joined(separator: "\n")
    }
}
