// SPDX-License-Identifier: Apache-2.0
public import Catalogue
public import DockerEngine
public import EnvironmentModel
public import LiveEnvironment
public import Steps

/// Compares a running replay with its snapshot.
public struct Verifier: Sendable {
    private let access: (any DataAccess)?
    private let silentHosts: Observer.SilentHosts
    private let report: StepReport

    /// A verifier that reports what it looks at; without access to files it cannot compare interfaces.
    public init(
        access: (any DataAccess)?, silentHosts: Observer.SilentHosts = .refuse,
        report: StepReport = .silent
    ) {
        self.access = access
        self.silentHosts = silentHosts
        self.report = report
    }

    /// The environment that runs on an engine.
    ///
    /// - Parameters:
    ///   - engine: The engine.
    ///   - mode: Where the replay lives.
    ///   - document: The snapshot's document, whose project is meant.
    ///   - paths: Where the engine's files lie.
    ///   - earlier: What an earlier look found, whose connections are used again.
    public func look(
        at engine: Engine, of mode: ReplayMode, for document: EnvironmentDocument, paths: PathMap,
        after earlier: ObservedEngine? = nil
    ) async throws -> ObservedEngine {
        let hosts = Set(document.engine.enginesWithPaths().compactMap { $0.path.hosts.last })
        let observer = Observer(
            namedHosts: hosts, silentHosts: silentHosts, access: access, report: report)
        let scope = mode == .capsule ? Observer.Scope.capsule : .project(document.project.name)
        return try await observer.observe(engine, scope: scope, paths: paths, after: earlier)
    }

    /// The verdict on an environment that was looked at.
    public static func verdict(on document: EnvironmentDocument, found: ObservedEngine) -> Verdict {
        EnvironmentComparison(captured: document.engine, found: found.wholeRecord).verdict()
    }
}
