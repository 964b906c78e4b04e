// SPDX-License-Identifier: Apache-2.0
public import Catalogue
public import DockerEngine
public import EnvironmentModel
public import LiveEnvironment

/// Compares a running replay with its snapshot.
public struct Verifier: Sendable {
    private let access: (any DataAccess)?
    private let report: @Sendable (String) -> Void

    /// A verifier that reports what it looks at; without access to files it cannot compare interfaces.
    public init(access: (any DataAccess)?, report: @escaping @Sendable (String) -> Void = { _ in }) {
        self.access = access
        self.report = report
    }

    /// The environment that runs on an engine.
    public func look(
        at engine: Engine, of mode: ReplayMode, for document: EnvironmentDocument, paths: PathMap
    ) async throws -> ObservedEngine {
        let hosts = Set(document.engine.enginesWithPaths().compactMap { $0.path.hosts.last })
        return try await Observer(namedHosts: hosts, access: access, report: report)
            .observe(engine, scope: mode == .capsule ? .capsule : .project(document.project.name), paths: paths)
    }

    /// The verdict on the environment that runs on an engine.
    public func verdict(
        on document: EnvironmentDocument, at engine: Engine, of mode: ReplayMode, paths: PathMap
    ) async throws -> Verdict {
        let found = try await look(at: engine, of: mode, for: document, paths: paths)
        return EnvironmentComparison(captured: document.engine, found: found.wholeRecord).verdict()
    }
}
