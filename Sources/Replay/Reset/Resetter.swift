// SPDX-License-Identifier: Apache-2.0
public import Catalogue
import ContentStore
public import DockerEngine
import EnvironmentModel
import JSONTree
public import LiveEnvironment
public import OCI
public import Snapshots
public import Steps
import SystemPackage

/// Puts a running replay back to its snapshot: what ran in it since is thrown away.
///
/// Images, networks and hosts stay where nothing about them was changed, and so do containers, whose processes are started
/// anew. It ends as a replay does: with the same steps over what is missing, and with the verdict.
public struct Resetter: Sendable {
    private let engine: Engine
    private let paths: PathMap
    private let outer: Engine
    private let library: SnapshotLibrary
    private let access: any DataAccess
    private let report: StepReport

    /// A resetter of what runs on an engine.
    ///
    /// - Parameters:
    ///   - engine: The engine that the environment runs on: the capsule's, or the same as `outer`.
    ///   - paths: Where that engine's files lie.
    ///   - outer: The engine that the replay was made on.
    ///   - library: The store that has the snapshot.
    ///   - access: How the engine's files are reached.
    ///   - report: Called with what is done.
    public init(
        engine: Engine, paths: PathMap, outer: Engine, library: SnapshotLibrary, access: any DataAccess,
        report: StepReport
    ) {
        self.engine = engine
        self.paths = paths
        self.outer = outer
        self.library = library
        self.access = access
        self.report = report
    }

    /// Resets a replay and returns the verdict.
    ///
    /// - Throws: `ReplayError` where it cannot be reset, before anything was touched; or what went wrong. Then the replay
    ///   is left as one that is being reset: it can be reset again or removed.
    public func reset(_ replay: ReplayRecord) async throws -> ReplayResult {
        let lock = try library.lockReplay(replay.name, .exclusive)
        defer { lock.release() }
        let reached = try await bring(replay.name, to: nil)
        do {
            let (record, document) = (reached.record, reached.document)
            report("comparing")
            let again = try await Verifier(access: access, report: report)
                .look(at: engine, of: record.mode, for: document, paths: paths, after: reached.found)
            if let capsule = record.capsuleContainer {
                let publications = record.publications
                try await PortForwarding(outer: outer, capsule: capsule, found: again, report: report)
                    .forward(publications, from: publications.capsulePorts(avoiding: document.engine))
            }
            return ReplayResult(
                record: record, verdict: Verifier.verdict(on: document, found: again),
                probes: try await ProbeReplay(patience: .afterStart, direct: record.directName, report: report)
                    .run(document.probes, in: again),
                warnings: document.lossWarnings + reached.containers.flatMap(\.engineWarnings))
        } catch {
            throw ReplayError.cut(reached.record, error)
        }
    }

    /// Brings a replay in a capsule to another snapshot, which stands in its record from then on; nothing is compared.
    ///
    /// - Parameters:
    ///   - replay: The replay's record.
    ///   - snapshot: One of this user's own, on the same `CapsuleGround` as the one that the replay is of.
    /// - Throws: as `reset`; then the record may name either snapshot.
    public func bring(_ replay: ReplayRecord, to snapshot: Digest) async throws -> ReplayRecord {
        let lock = try library.lockReplay(replay.name, .exclusive)
        defer { lock.release() }
        return try await bring(replay.name, to: snapshot).record
    }

    /// A replay that was brought to a snapshot.
    private struct Reached {
        let record: ReplayRecord
        let document: EnvironmentDocument
        /// What was there before.
        let found: ObservedEngine
        let containers: [RestoredContainer]
    }

    private func bring(_ name: String, to target: Digest?) async throws -> Reached {
        // Another process may have been at work on it until now.
        guard let replay = try library.catalogue.replay(named: name) else { throw ReplayError.gone(name) }
        guard ["running", "resetting"].contains(replay.state) else { throw ReplayError.unfinished(replay) }
        let before = try snapshot(replay.snapshotID, of: replay)
        let document = try target.map { try snapshot($0, of: replay) } ?? before
        let found = try await Verifier(access: access, silentHosts: .passOver, report: report)
            .look(at: engine, of: replay.mode, for: document, paths: paths)
        try refuseNamesakes(of: document, in: found, replay)
        var record = replay
        record.state = "resetting"
        record.snapshotID = target ?? replay.snapshotID
        try library.catalogue.update(record)
        do {
            let containers = try await restore(document, of: record, from: found, madeFrom: before)
            record.note(containers)
            record.state = "running"
            try library.catalogue.update(record)
            return Reached(record: record, document: document, found: found, containers: containers)
        } catch {
            throw ReplayError.cut(record, error)
        }
    }

    private func restore(
        _ document: EnvironmentDocument, of replay: ReplayRecord, from found: ObservedEngine,
        madeFrom before: EnvironmentDocument
    ) async throws -> [RestoredContainer] {
        let access = replay.allowed == nil ? access : access.confined
        let trees = TreeRestorer(
            data: DataRestorer(library: library, access: access),
            stamps: library.stampsFolder.appending(replay.name), ground: .used)
        let standing = try await StandingFinder(made: replay.containers, trees: trees, access: access, report: report)
            .find(in: found, of: document.engine, madeFrom: before.engine)
        try await Clearing(label: replay.mode == .direct ? replay.name : nil, access: access, report: report)
            .clear(found, of: document.engine, except: standing)
        if let capsule = replay.capsuleContainer {
            try await CapsuleSurroundings(engine: outer, capsule: capsule, captured: document.engine).prepare()
        }
        return try await Restoration(library: library, access: access, trees: trees, report: report)
            .restore(document, at: site(of: replay, document), on: standing)
    }

    /// Without a capsule others may have taken the names: what the replay did not make is not removed.
    private func refuseNamesakes(
        of document: EnvironmentDocument, in found: ObservedEngine, _ replay: ReplayRecord
    ) throws {
        guard replay.mode == .direct else { return }
        let wanted = Set(document.engine.containers.map(\.name))
        let others = found.record.containers.filter {
            wanted.contains($0.name) && $0.label(ReplayLabels.replay) != replay.name
        }
        guard !others.isEmpty else { return }
        throw ReplayError(
            .conflict,
            "containers that the replay did not make have its names: "
                + others.map(\.name).joined(separator: ", "), hint: "remove or rename them")
    }

    private func site(of replay: ReplayRecord, _ document: EnvironmentDocument) -> Site {
        let folder = replay.mode == .direct ? library.replaysFolder.appending(replay.name).string : nil
        var site = Site(engine: engine, path: .outermost, paths: paths)
        if let folder {
            site = DirectPlacement(
                request: ReplayRequest(snapshot: replay.snapshotID, name: replay.name), document: document,
                folder: folder
            ).site(on: engine)
        }
        if let allowed = replay.allowed {
            site.guardian = PowerGuard(document, directFolder: folder, granted: allowed, site: site, access: access)
        }
        return site
    }

    /// The snapshot, with all the data that may be needed: what is thrown away could not be had again.
    private func snapshot(_ id: Digest, of replay: ReplayRecord) throws -> EnvironmentDocument {
        do { return try library.wholeDocument(id) } catch let error as SnapshotError {
            throw ReplayError(
                .failed, "the replay \(replay.name) cannot be reset",
                hint: "envsnap check lists what is missing; envsnap down \(replay.name) removes the replay",
                cause: error)
        }
    }
}

extension ReplayError {
    /// A replay that was never whole.
    fileprivate static func unfinished(_ replay: ReplayRecord) -> ReplayError {
        ReplayError(
            .failed, "the replay \(replay.name) was interrupted while it was made",
            hint: "envsnap down \(replay.name), then replay the snapshot again")
    }
    /// A replay that was taken down meanwhile.
    fileprivate static func gone(_ name: String) -> ReplayError {
        ReplayError(.noSuchReplay, "the replay \(name) was taken down meanwhile", hint: "envsnap ps lists them")
    }
    /// A reset that did not come to its end.
    fileprivate static func cut(_ replay: ReplayRecord, _ cause: any Error) -> ReplayError {
        let isInterrupted = cause is CancellationError || Task.isCancelled
        return ReplayError(
            isInterrupted ? .interrupted : .failed,
            isInterrupted ? "interrupted; \(replay.name) is half reset" : "the reset of \(replay.name) failed",
            hint: "envsnap reset \(replay.name) does it again, envsnap down \(replay.name) removes the replay",
            cause: cause)
    }
}
