// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The compose tool of this machine: `docker-compose`, of either version, or the docker command's plugin.
struct ComposeTool: Sendable {
    private let command: [String]
    private let environment: [String: String]

    /// The tool as messages call it.
    var name: String { command.count > 1 ? "docker compose" : "docker-compose" }

    /// Finds the tool; one of its own comes before the plugin.
    ///
    /// - Throws: `ProvisioningError` where there is none.
    static func find(environment: [String: String]) async throws -> ComposeTool {
        if let path = program("docker-compose", environment) {
            return ComposeTool(command: [path], environment: environment)
        }
        if let path = program("docker", environment) {
            let plugin = ChildProcess(command: [path, "compose", "version"], folder: "/", environment: environment)
            if let outcome = try? await plugin.run(line: { _ in }), outcome.status == 0 {
                return ComposeTool(command: [path, "compose"], environment: environment)
            }
            try Task.checkCancellation()
        }
        throw ProvisioningError(
            .noComposeTool, "there is no compose tool on this machine: neither docker-compose nor docker compose",
            hint: "apt install docker-compose, or the plugin docker-compose-v2")
    }

    private static func program(_ name: String, _ environment: [String: String]) -> String? {
        (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":").map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Runs the tool in a folder.
    func run(
        _ arguments: [String], in folder: String, line: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> ChildProcess.Outcome {
        try await ChildProcess(command: command + arguments, folder: folder, environment: environment).run(line: line)
    }
}
