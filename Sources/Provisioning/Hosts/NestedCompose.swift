// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import LiveEnvironment

/// The compose tool in a host, `docker-compose` or the docker command's plugin, run in the project's folder there.
struct NestedCompose: Sendable {
    /// The engine that runs the host.
    let engine: Engine
    /// The host's container.
    let container: String
    /// What to call the host in messages.
    let host: String
    let folder: String

    /// The status by which the script says that there is no tool.
    private static let noTool = 93
    /// What a shell that is there, but no command, ends with; also runc's status where it could not start one.
    private static let notStarted = 126

    private static let script = """
        command -v docker-compose >/dev/null 2>&1 && exec docker-compose "$@"
        docker compose version >/dev/null 2>&1 && exec docker compose "$@"
        exit \(noTool)
        """

    /// Runs the tool.
    ///
    /// - Parameter silence: How long it may say nothing.
    /// - Throws: `ProvisioningError` where the host has none.
    func run(
        _ arguments: [String], silence: Duration, line: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> ChildProcess.Outcome {
        var outcome = try await attempt(arguments, silence, line)
        // runc gives up on a command now and then, before it was started.
        if outcome.status == Self.notStarted { outcome = try await attempt(arguments, silence, line) }
        guard outcome.status != Self.noTool else {
            throw ProvisioningError(
                .noComposeTool, "there is no compose tool in \(host): neither docker-compose nor docker compose",
                hint:
                    "install one in the host's image: its project is brought up from inside the host, where the files "
                    + "that it names are")
        }
        return outcome
    }

    private func attempt(
        _ arguments: [String], _ silence: Duration, _ line: @escaping @Sendable (String) -> Void
    ) async throws -> ChildProcess.Outcome {
        let session = try await engine.exec(
            inContainer: container, command: ["sh", "-c", Self.script, "sh"] + arguments,
            options: ExecOptions(workingDirectory: folder), stall: silence)
        var splitters: [StreamChunk.Stream: LineSplitter] = [.stdout: LineSplitter(), .stderr: LineSplitter()]
        var output: [UInt8] = []
        let tail = LineTail()
        func take(_ lines: [String]) {
            for text in lines {
                tail.add(text)
                line(text)
            }
        }
        do {
            for try await chunk in session.output {
                if chunk.stream == .stdout { output += chunk.bytes }
                take(splitters[chunk.stream]?.add(chunk.bytes) ?? [])
            }
        } catch {
            await session.close()
            throw error
        }
        for splitter in splitters.values { take(splitter.rest) }
        let status = try await session.exitCode()
        await session.close()
        return ChildProcess.Outcome(
            status: Int32(status), output: String(decoding: output, as: UTF8.self), lastLines: tail.lines)
    }
}
