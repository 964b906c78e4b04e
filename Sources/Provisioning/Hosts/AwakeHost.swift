// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import EnvironmentModel
import JSONTree
import LiveEnvironment
import Steps

/// A host whose engine answers.
struct AwakeHost: Sendable {
    let host: ProjectHost
    /// The engine that runs the host.
    let outer: Engine
    /// The engine in it.
    let engine: Engine

    /// How long the tool in a host may say nothing while it pulls or builds.
    private static let silence = Duration.seconds(900)

    /// Waits for the engine in a host, and meanwhile asks the compose tool there what its project is.
    static func awake(
        _ host: ProjectHost, of outer: Engine, _ access: (any DataAccess)?, within limit: Duration,
        detail: @escaping @Sendable (String) -> Void
    ) async throws -> AwakeHost {
        async let resolved = resolve(host, on: outer)
        let entrance = HostEntrance(paths: .outermost, access: access, detail: detail)
        let engine = try await EngineWait(
            parent: outer, container: host.container.id, name: host.name, entrance: entrance, limit: limit
        ).engine()
        return AwakeHost(host: try await resolved, outer: outer, engine: engine)
    }

    /// The host with its project as the tool reads it, everything that its files refer to included.
    private static func resolve(_ host: ProjectHost, on engine: Engine) async throws -> ProjectHost {
        guard let project = host.project else { return host }
        let compose = NestedCompose(
            engine: engine, container: host.container.id, host: host.name, folder: project.folder)
        let outcome: ChildProcess.Outcome
        do { outcome = try await compose.run(["config"], silence: .seconds(60)) } catch is EngineError {
            // A host that ends at once has no commands; why it ended is told by the wait for its engine.
            return host
        }
        guard outcome.status == 0 else {
            throw await ComposeDiagnosis(
                purpose: "reading \(project.folder) in \(host.name)", engine: engine, files: project.files,
                status: outcome.status, output: outcome.lastLines
            ).error()
        }
        var host = host
        let text = ComposeText(file: "what compose in \(host.name) says", text: outcome.output)
        host.project = project.with(try ComposeModel(resolved: text))
        return host
    }

    /// The names of the images that its engine has.
    func imageNames() async throws -> Set<String> {
        Set((try await engine.listImages().value.array ?? []).flatMap { $0["RepoTags"].strings })
    }

    /// Brings its project up, or some services of it.
    func up(_ services: [String]?, report: StepReport) async throws {
        guard let project = host.project else { return }
        let compose = NestedCompose(
            engine: outer, container: host.container.id, host: host.name, folder: project.folder)
        let name = host.name
        report("\(name): bringing up \(services?.joined(separator: ", ") ?? "its project")")
        let outcome = try await compose.run(["up", "-d"] + (services ?? []), silence: Self.silence) {
            report("\(name): \($0)")
        }
        guard outcome.status == 0 else {
            throw await ComposeDiagnosis(
                purpose: "bringing up \(project.folder) in \(name)", engine: engine, files: project.files,
                status: outcome.status, output: outcome.lastLines
            ).error()
        }
    }

    /// What watches the containers of its project.
    func watch(_ limit: Duration, report: StepReport) -> ServiceWatch {
        let folder = host.project?.folder ?? ""
        return ServiceWatch(
            engine: engine, filters: ["label": ["com.docker.compose.project.working_dir=\(folder)"]],
            prefix: host.name + "/", limit: limit, report: report)
    }
}
