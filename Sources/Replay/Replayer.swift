// SPDX-License-Identifier: Apache-2.0
import Catalogue
import ContentStore
public import DockerEngine
import EnvironmentModel
import Foundation
import JSONTree
public import LiveEnvironment
import OCI
public import Snapshots
public import Steps
import SystemPackage

/// Turns a snapshot into a running environment, and compares the two.
public struct Replayer: Sendable {
    private let engine: Engine
    private let library: SnapshotLibrary
    private let access: any DataAccess
    private let engineAddress: String
    private let report: StepReport

    /// A replayer on the engine that was reached.
    public init(
        engine: Engine, library: SnapshotLibrary, access: any DataAccess, engineAddress: String,
        report: StepReport
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
        if try isForeign(request) { try TreePaths.check(document) }
        try await Preflight(engine: engine, document: document, request: request, access: access).check()
    }

    /// The powers that a snapshot asks for; none for one that was captured here.
    ///
    /// Needs no engine.
    public static func powers(_ request: ReplayRequest, from library: SnapshotLibrary) throws -> [PowerRequest] {
        guard try library.catalogue.snapshot(request.snapshot)?.origin != nil else { return [] }
        return PowerPlan(
            try library.document(request.snapshot), directFolder: directFolder(request, library),
            capsuleImage: request.capsuleImage
        ).requests
    }

    private static func directFolder(_ request: ReplayRequest, _ library: SnapshotLibrary) -> String? {
        request.mode == .direct ? library.replaysFolder.appending(request.name).string : nil
    }

    /// The same for what others made: no archive of it is taken apart in this process.
    private var confined: Replayer {
        Replayer(
            engine: engine, library: library, access: access.confined, engineAddress: engineAddress, report: report)
    }

    private func isForeign(_ request: ReplayRequest) throws -> Bool {
        try library.catalogue.snapshot(request.snapshot)?.origin != nil
    }

    /// Replays a snapshot and returns the verdict.
    ///
    /// - Throws: what went wrong; then everything that was made for the replay is removed again.
    public func replay(_ request: ReplayRequest) async throws -> ReplayResult {
        let document = try library.document(request.snapshot)
        let isForeign = try isForeign(request)
        if isForeign {
            try TreePaths.check(document)
            let missing = try Self.powers(request, from: library).filter { !request.allowed.contains($0.flag) }
            guard missing.isEmpty else { throw ReplayError.refused(missing) }
        }
        let lock = try library.lockReplay(request.name, .exclusive)
        defer { lock.release() }
        try await removeInterrupted(request.name, under: lock)
        try await Preflight(engine: engine, document: document, request: request, access: access).check()
        var record = ReplayRecord(
            name: request.name, snapshotID: request.snapshot, createdAt: Date.now.formatted(.iso8601),
            mode: request.mode, engineAddress: engineAddress, state: "building", capsuleContainer: nil, details: "{}")
        if isForeign { record.note(allowed: request.allowed) }
        record.note(request.publications)
        try library.catalogue.insert(record)
        return try await (isForeign ? confined : self).make(document, request, record, under: lock)
    }

    private func make(
        _ document: EnvironmentDocument, _ request: ReplayRequest, _ noted: ReplayRecord, under lock: NameLock
    ) async throws -> ReplayResult {
        var record = noted
        do {
            var site = try await makeSite(document, request, &record)
            if record.allowed != nil { site.guardian = guardian(of: document, request, at: site) }
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
            try await publish(record, document, found)
            return ReplayResult(
                record: record, verdict: Verifier.verdict(on: document, found: found),
                probes: try await ProbeReplay(patience: .afterStart, direct: record.directName, report: report)
                    .run(request.probing == .run ? document.probes : [], in: found),
                warnings: document.lossWarnings + containers.flatMap(\.engineWarnings) + advice.warnings)
        } catch {
            report("removing what was made")
            let teardown = Teardown(engine: engine, library: library, access: access, report: report)
            let doomed = record
            do {
                try await CleanUp.run(on: engine) { try await teardown.remove(doomed, under: lock) }
            } catch let failure {
                throw ReplayError.left(record, after: error, failure)
            }
            lock.releaseForGood()
            throw error
        }
    }

    /// What a run has left of the same replay that was killed while it made it: nobody else holds the lock on it.
    private func removeInterrupted(_ name: String, under lock: NameLock) async throws {
        guard let dead = try library.catalogue.replay(named: name), dead.state == "building",
            dead.engineAddress == engineAddress
        else { return }
        report("removing what an interrupted run left of \(name)")
        try await Teardown(engine: engine, library: library, access: access, report: report).remove(dead, under: lock)
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
            named: request.capsuleImage, for: document.engine, replay: request.name, loader: loader, engine: engine)
        if image.isOfSnapshot, record.allowed?.contains("privileged=.") == false {
            throw ReplayError.refused([PowerRequest(power: CapsulePowers.ownImage, path: ".")])
        }
        let builder = CapsuleBuilder(
            engine: engine, access: access, library: library, document: document, request: request, report: report)
        let (id, site) = try await builder.build(from: image)
        record.capsuleContainer = id
        try library.catalogue.update(record)
        try await CapsuleSurroundings(engine: engine, capsule: id, captured: document.engine).prepare()
        return site
    }

    private func guardian(of document: EnvironmentDocument, _ request: ReplayRequest, at site: Site) -> PowerGuard {
        PowerGuard(
            document, directFolder: Self.directFolder(request, library), granted: request.allowed, site: site,
            access: access)
    }

    private func publish(
        _ record: ReplayRecord, _ document: EnvironmentDocument, _ found: ObservedEngine
    ) async throws {
        guard let capsule = record.capsuleContainer else { return }
        let publications = record.publications
        try await PortForwarding(outer: engine, capsule: capsule, found: found, report: report)
            .forward(publications, from: publications.capsulePorts(avoiding: document.engine))
    }

    private func composeAdvice(
        _ document: EnvironmentDocument, _ containers: [RestoredContainer], capsule: String?
    ) async throws -> ComposeAdvice {
        var tool: String?
        if let capsule { tool = try await ComposeAdvice.toolVersion(in: capsule, on: engine) }
        return ComposeAdvice(containers: containers, project: document.project, toolVersion: tool)
    }
}

extension ReplayError {
    /// A replay that failed and could not be removed.
    fileprivate static func left(
        _ replay: ReplayRecord, after cause: any Error, _ failure: any Error
    ) -> ReplayError {
        let isInterrupted = cause is CancellationError || Task.isCancelled
        let what = isInterrupted ? "interrupted" : "the replay \(replay.name) failed: \(cause)"
        return ReplayError(
            isInterrupted ? .interrupted : .failed,
            "\(what); what was made for \(replay.name) could not be removed: \(failure)",
            hint: "envsnap down \(replay.name) removes it, once the engine answers")
    }
}
