// SPDX-License-Identifier: Apache-2.0
import Catalogue
import DockerEngine
import EnvironmentModel
import LiveEnvironment
import OCI
import Replay
import Snapshots
import Terminal

/// The replay in which the mixtures of a bisection are tried, one after the other.
///
/// It goes from one mixture to the next by what a reset does, which takes a fraction of the time of a replay. Where
/// anything could have been left behind that a reset does not put back, each mixture has a replay of its own.
actor BisectStage {
    /// What stands, and what it is a replay of.
    private struct Standing {
        let record: ReplayRecord
        let snapshot: SnapshotRecord
        let document: EnvironmentDocument
    }

    private let context: CommandContext
    private let library: SnapshotLibrary
    private let engine: Engine
    private let access: any DataAccess
    private let plan: CleanRun.Plan
    private let capsuleImage: String?
    private let allowed: Set<String>
    /// Whether what came from elsewhere is in the mixtures.
    private let isForeign: Bool
    private var standing: Standing?
    /// Whether one replay may serve for several mixtures.
    private var isShared = true
    private var hasMoved = false

    init(
        context: CommandContext, library: SnapshotLibrary, engine: Engine, access: any DataAccess, plan: CleanRun.Plan,
        capsuleImage: String?, allowed: Set<String>, isForeign: Bool
    ) {
        self.context = context
        self.library = library
        self.engine = engine
        self.access = access
        self.plan = plan
        self.capsuleImage = capsuleImage
        self.allowed = allowed
        self.isForeign = isForeign
    }

    /// Runs the command in a snapshot, which is removed when nothing stands on it any more.
    ///
    /// - Parameter isOwn: Whether it has to be a replay that was made for nothing else.
    func run(
        _ snapshot: SnapshotRecord, _ document: EnvironmentDocument, isOwn: Bool
    ) async throws -> CommandSession.Ending {
        do {
            let stands = try await place(snapshot, document, isOwn: isOwn)
            let running = try await RunningReplay(record: stands.record, outer: engine)
            let ending = try await run(of: snapshot).command(in: running).ending
            if !isConfined(document) { await clear() }
            return ending
        } catch {
            if standing?.snapshot.id != snapshot.id { forget(snapshot) }
            throw error
        }
    }

    /// From now on no replay serves for two mixtures.
    func separate() { isShared = false }

    /// Whether replays have served for several mixtures, and still may.
    var hasShared: Bool { isShared && hasMoved }

    /// Removes what stands.
    func clear() async {
        guard let standing else { return }
        self.standing = nil
        await run(of: standing.snapshot).remove(standing.record)
        forget(standing.snapshot)
    }

    private func run(of snapshot: SnapshotRecord) -> CleanRun {
        CleanRun(
            context: context, library: library, engine: engine, access: access, snapshot: snapshot, plan: plan,
            expectsExactness: false)
    }

    /// Brings what stands to the mixture, or makes it a replay of its own.
    private func place(
        _ snapshot: SnapshotRecord, _ document: EnvironmentDocument, isOwn: Bool
    ) async throws -> Standing {
        if !isOwn, let standing, canFollow(standing.document, document) {
            do {
                let moved = try await move(standing, to: snapshot, document)
                hasMoved = true
                self.standing = moved
                forget(standing.snapshot)
                return moved
            } catch {
                if !Task.isCancelled {
                    context.console.detail("a replay of its own, because: \(Failure(error).message)")
                }
            }
        }
        await clear()
        try Task.checkCancellation()
        let made = try await make(snapshot, document)
        standing = made
        return made
    }

    private func make(_ snapshot: SnapshotRecord, _ document: EnvironmentDocument) async throws -> Standing {
        var request = ReplayRequest(snapshot: snapshot.id, name: "bisect-\(snapshot.id.hex.prefix(12))")
        request.capsuleImage = capsuleImage
        request.allowed = allowed
        request.probing = .skip
        let result = try await run(of: snapshot).replay(request)
        return Standing(record: result.record, snapshot: snapshot, document: document)
    }

    private func move(
        _ old: Standing, to snapshot: SnapshotRecord, _ document: EnvironmentDocument
    ) async throws -> Standing {
        let running = try await RunningReplay(record: old.record, outer: engine)
        let resetter = Resetter(
            engine: running.engine, paths: running.paths, outer: engine, library: library, access: access,
            report: context.report)
        let record = try await resetter.bring(old.record, to: snapshot.id)
        return Standing(record: record, snapshot: snapshot, document: document)
    }

    private func canFollow(_ before: EnvironmentDocument, _ after: EnvironmentDocument) -> Bool {
        isConfined(before) && isConfined(after)
            && CapsuleGround(before, capsuleImage: capsuleImage) == CapsuleGround(after, capsuleImage: capsuleImage)
    }

    private func isConfined(_ document: EnvironmentDocument) -> Bool {
        isShared && !isForeign && PowerPlan.isConfined(to: plan.path, in: document)
    }

    private func forget(_ snapshot: SnapshotRecord) {
        do { try library.remove(snapshot) } catch {
            context.console.warn("the snapshot \(snapshot.id.short) could not be removed: \(Failure(error).message)")
        }
    }
}
