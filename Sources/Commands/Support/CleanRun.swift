// SPDX-License-Identifier: Apache-2.0
import Capture
import Catalogue
import DockerEngine
import EnvironmentModel
import LiveEnvironment
import Replay
import Snapshots
import Steps
import Terminal

/// Runs a command in a replay that is made for it, and removed after it.
struct CleanRun {
    /// What is run, and what becomes of the replay when it fails.
    struct Plan {
        var command: [String]
        /// The container, or the capsule.
        var path = ExecTarget.capsule
        var mounts: [LocalMount] = []
        var keepsOnFailure = false
        var capturesOnFailure = false
        var output = CommandSession.Output.apart
    }

    struct Outcome {
        let ending: CommandSession.Ending
        let result: ReplayResult
        var isKept = false
        var captured: CaptureResult?
    }

    let context: CommandContext
    let library: SnapshotLibrary
    let engine: Engine
    let access: any DataAccess
    let snapshot: SnapshotRecord
    let plan: Plan
    /// Whether it is worth a warning when the replay differs from its snapshot.
    var expectsExactness = true

    /// Replays, runs, and removes, whatever happens.
    func run(_ request: ReplayRequest) async throws -> Outcome {
        let result = try await replay(request)
        for warning in result.warnings where expectsExactness { context.console.warn(warning) }
        if expectsExactness { warnOfDifferences(result.verdict) }
        let outcome: Outcome
        do { outcome = try await run(in: result) } catch {
            await remove(result.record)
            throw error
        }
        if !outcome.isKept { await remove(result.record) }
        return outcome
    }

    /// Makes the replay.
    func replay(_ request: ReplayRequest) async throws -> ReplayResult {
        try await Replayer(
            engine: engine, library: library, access: access, engineAddress: try context.engineAddress().description,
            report: context.report
        ).replay(request)
    }

    /// Runs the command in a replay that is there; how it ended, and how long it took.
    func command(in running: RunningReplay) async throws -> (ending: CommandSession.Ending, duration: Duration) {
        let target = try await ExecTarget(running: running, library: library).find(plan.path)
        for mount in plan.mounts {
            context.report("copying \(mount.local) to \(mount.path)")
            try await ContainerFiles(engine: target.engine, container: target.container)
                .bring(mount.local, to: mount.path, placement: .exactly)
        }
        context.report("running \(plan.command.joined(separator: " "))")
        let start = ContinuousClock.now
        let ending = try await CommandSession(
            console: context.console, target: target, command: plan.command,
            output: plan.output, environment: context.environment
        ).run()
        return (ending, ContinuousClock.now - start)
    }

    private func run(in result: ReplayResult) async throws -> Outcome {
        let running = try await RunningReplay(record: result.record, outer: engine)
        let (ending, duration) = try await command(in: running)
        var outcome = Outcome(ending: ending, result: result)
        guard ending.isFailure else { return outcome }
        if plan.capturesOnFailure {
            outcome.captured = try await FailureCapture(
                context: context, library: library, access: access, snapshot: snapshot, plan: plan,
                status: ending.status, duration: duration
            ).capture(running)
        }
        outcome.isKept = plan.keepsOnFailure
        return outcome
    }

    private func warnOfDifferences(_ verdict: Verdict) {
        guard let first = verdict.different.first else { return }
        let others = verdict.different.count > 1 ? ", and \(verdict.different.count - 1) more" : ""
        context.console.warn(
            "the replay differs from its snapshot: \(first.object): \(first.field)\(others) (envsnap verify lists all)")
    }

    /// In a task of its own, because a cancelled one could no longer speak with an engine.
    func remove(_ record: ReplayRecord) async {
        let teardown = Teardown(engine: engine, library: library, access: access, report: context.report)
        do { try await Task { try await teardown.remove(record) }.value } catch {
            context.console.warn(
                "the replay \(record.name) could not be removed: \(Failure(error).message); "
                    + "envsnap down \(record.name) tries again")
        }
    }
}

extension CommandSession.Ending {
    /// Whether the command failed, or was not even started.
    var isFailure: Bool {
        switch self {
        case .exited(let status): status != 0
        case .refused: true
        case .unread: false
        }
    }
}
