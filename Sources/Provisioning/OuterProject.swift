// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import EnvironmentModel
import JSONTree
import LiveEnvironment
import Steps

/// The outer compose project, which the tool of this machine brings up.
struct OuterProject: Sendable {
    let engine: Engine
    let folder: ComposeFolder
    let model: ComposeModel
    /// Its name.
    let name: String
    private let tool: ComposeTool
    private let options: [String]
    private let report: StepReport

    /// Reads the project.
    ///
    /// - Throws: `ProvisioningError` where there is no tool or no project, or its files have errors.
    init(
        _ request: ProvisionRequest, engine: Engine, environment: [String: String],
        report: StepReport
    ) async throws {
        folder = try ComposeFolder(request.folder, environment: environment)
        // An error in the files' text is told with its line before anything is started.
        let files = try ComposeModel(files: folder.files, variables: folder.variables)
        tool = try await ComposeTool.find(environment: Self.environment(environment, for: engine))
        options = request.projectName.map { ["-p", $0] } ?? []
        self.engine = engine
        self.report = report
        let outcome = try await tool.run(options + ["config"], in: folder.path)
        guard outcome.status == 0 else {
            throw await Self.error(of: outcome, "reading \(folder.path)", engine, folder)
        }
        model = try ComposeModel(resolved: ComposeText(file: "what \(tool.name) says", text: outcome.output))
            .completed(by: files)
        name = request.projectName ?? model.name ?? folder.defaultName
    }

    /// Where the tool finds the engine that envsnap uses, although a docker context alone leads there: version 1 does not
    /// know the current context.
    private static func environment(_ environment: [String: String], for engine: Engine) -> [String: String] {
        guard (environment["DOCKER_HOST"] ?? "").isEmpty, engine.address != .standard else { return environment }
        var environment = environment
        environment["DOCKER_HOST"] = engine.address.description
        environment["DOCKER_CONTEXT"] = nil
        if case .tls(_, _, let files) = engine.address, let folder = files.authority?.parentFolder {
            environment["DOCKER_TLS_VERIFY"] = "1"
            environment["DOCKER_CERT_PATH"] = folder
        }
        return environment
    }

    /// Runs the tool, which says what it is doing.
    ///
    /// - Parameter purpose: What is to be done, for messages.
    func run(_ arguments: [String], _ purpose: String) async throws {
        let outcome = try await tool.run(options + arguments, in: folder.path, line: { report($0) })
        guard outcome.status == 0 else { throw await Self.error(of: outcome, purpose, engine, folder) }
    }

    /// Builds services, several side by side: most of a build is one step after the other.
    func build(_ services: [String]) async throws {
        try await SideBySide.forEach(services, atMost: 4) { service in
            report("building \(service)")
            try await run(["build", service], "building \(service)")
        }
    }

    /// Its containers, running or not.
    func containers() async throws -> [ContainerRecord] {
        try await Observer.containers(of: engine, scope: .project(name))
            .filter { $0.label("com.docker.compose.oneoff") != "True" }
    }

    private static func error(
        of outcome: ChildProcess.Outcome, _ purpose: String, _ engine: Engine, _ folder: ComposeFolder
    ) async -> ProvisioningError {
        await ComposeDiagnosis(
            purpose: purpose, engine: engine, files: folder.files, status: outcome.status, output: outcome.lastLines
        ).error()
    }
}
