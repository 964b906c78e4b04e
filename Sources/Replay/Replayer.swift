// SPDX-License-Identifier: Apache-2.0
import Catalogue
public import DockerEngine
import EnvironmentModel
import Foundation
import JSONTree
public import LiveEnvironment
import OCI
public import Snapshots
import SystemPackage

/// Turns a snapshot into a running environment, and compares the two.
public struct Replayer: Sendable {
    private let engine: Engine
    private let library: SnapshotLibrary
    private let access: any DataAccess
    private let engineAddress: String
    private let report: @Sendable (String) -> Void

    /// A replayer on the engine that was reached.
    public init(
        engine: Engine, library: SnapshotLibrary, access: any DataAccess, engineAddress: String,
        report: @escaping @Sendable (String) -> Void
    ) {
        self.engine = engine
        self.library = library
        self.access = access
        self.engineAddress = engineAddress
        self.report = report
    }

    /// Looks for everything that stands in the way, and makes nothing.
    ///
    /// - Throws: `ReplayError` with the list of conflicts.
    public func preflight(_ request: ReplayRequest) async throws {
        let document = try library.document(request.snapshot)
        try await Preflight(engine: engine, document: document, request: request, access: access).check()
    }

    /// Replays a snapshot and returns the verdict.
    ///
    /// - Throws: what went wrong; then everything that was made for the replay is removed again.
    public func replay(_ request: ReplayRequest) async throws -> ReplayResult {
        let document = try library.document(request.snapshot)
        try await Preflight(engine: engine, document: document, request: request, access: access).check()
        var record = ReplayRecord(
            name: request.name, snapshotID: request.snapshot, createdAt: Date.now.formatted(.iso8601),
            mode: request.mode, engineAddress: engineAddress, state: "building", capsuleContainer: nil, details: "{}")
        try library.catalogue.insert(record)
        do {
            let site = try await makeSite(document, request, &record)
            let trees = TreeRestorer(
                data: DataRestorer(library: library, access: access),
                stamps: library.stampsFolder.appending(request.name), ground: .new)
            let containers = try await Restoration(library: library, access: access, trees: trees, report: report)
                .restore(document, at: site)
            record.note(containers)
            record.state = "running"
            try library.catalogue.update(record)
            let advice = try await composeAdvice(document, containers, capsule: record.capsuleContainer)
            report("comparing")
            let found = try await Verifier(access: access, report: report)
                .look(at: site.engine, of: request.mode, for: document, paths: site.paths)
            return ReplayResult(
                record: record, verdict: Verifier.verdict(on: document, found: found),
                probes: try await ProbeReplay(patience: .afterStart, report: report).run(document.probes, in: found),
                warnings: document.lossWarnings + containers.flatMap(\.engineWarnings) + advice.warnings)
        } catch {
            report("removing what was made")
            let teardown = Teardown(engine: engine, library: library, access: access, report: report)
            // A task of its own, because a cancelled one could no longer speak with an engine.
            let doomed = record
            try await Task { try await teardown.remove(doomed) }.value
            throw error
        }
    }

    private func makeSite(
        _ document: EnvironmentDocument, _ request: ReplayRequest, _ record: inout ReplayRecord
    ) async throws -> Site {
        guard request.mode == .capsule else {
            return DirectPlacement(
                request: request, document: document, folder: library.replaysFolder.appending(request.name).string
            ).site(on: engine)
        }
        let loader = ImageLoader(engine: engine, library: library, report: report)
        let image = try await CapsuleImage.choose(
            named: request.capsuleImage, for: document.engine, loader: loader, engine: engine)
        let builder = CapsuleBuilder(
            engine: engine, access: access, library: library, document: document, request: request, report: report)
        let (id, site) = try await builder.build(from: image)
        record.capsuleContainer = id
        try library.catalogue.update(record)
        try await CapsuleSurroundings(engine: engine, capsule: id, captured: document.engine).prepare()
        return site
    }

    private func composeAdvice(
        _ document: EnvironmentDocument, _ containers: [RestoredContainer], capsule: String?
    ) async throws -> ComposeAdvice {
        var tool: String?
        if let capsule { tool = try await ComposeAdvice.toolVersion(in: capsule, on: engine) }
        return ComposeAdvice(containers: containers, project: document.project, toolVersion: tool)
    }
}
