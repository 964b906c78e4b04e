// SPDX-License-Identifier: Apache-2.0
import Capture
import Catalogue
import EnvironmentModel
import Foundation
import LiveEnvironment
import OCI
import Snapshots
import Terminal

/// Captures a replay in which a command failed, for the report of the fault: the snapshot's message says what failed, and
/// its probe is the command.
struct FailureCapture {
    let context: CommandContext
    let library: SnapshotLibrary
    let access: any DataAccess
    let snapshot: SnapshotRecord
    let plan: CleanRun.Plan
    let status: Int32
    /// How long the command took.
    let duration: Duration

    /// Captures, or warns and goes on: the command's failure is what the run is about.
    func capture(_ running: RunningReplay) async throws -> CaptureResult? {
        do {
            do { return try await capture(running, probe: probe) } catch let error as LiveEnvironmentError
                where error.code == .noShell
            {
                context.console.warn("the snapshot has no probe: \(error.message)")
                return try await capture(running, probe: nil)
            }
        } catch {
            try Task.checkCancellation()
            context.console.warn("the failure could not be captured: \(Failure(error).message)")
            return nil
        }
    }

    private func capture(_ running: RunningReplay, probe: ProbeRequest?) async throws -> CaptureResult {
        let document = try library.document(snapshot.id)
        let place = Capturer.Place(
            paths: running.paths, hosts: running.record.capsuleContainer.map { [$0] } ?? [])
        var request = CaptureRequest(project: document.project)
        request.name = try name
        request.message = message
        request.hosts = Set(document.engine.enginesWithPaths().compactMap { $0.path.hosts.last })
        request.probes = probe.map { [$0] } ?? []
        request.probeTimeLimit = min(max(.seconds(30), duration * 3), .seconds(600))
        // What came from elsewhere is not to be trusted more because it was replayed here.
        request.origin = snapshot.origin
        let console = context.console
        return try await Capturer(
            engine: running.engine, library: library, access: access, place: place,
            toolVersion: EnvSnapCommand.version, report: context.report, detail: { console.detail($0) }
        ).capture(request)
    }

    private var command: String { plan.command.map(\.shellQuoted).joined(separator: " ") }

    /// No probe runs in the capsule, which is no part of the environment.
    private var probe: ProbeRequest? {
        plan.path == ExecTarget.capsule ? nil : ProbeRequest(parsing: "\(plan.path): \(command)")
    }

    private var message: String {
        let place = plan.path == ExecTarget.capsule ? "the capsule" : plan.path
        return "\(command) ended with status \(status) in \(place), in a replay of \(snapshot.called)"
    }

    private var name: String {
        get throws {
            let stem = "\((snapshot.name ?? snapshot.id.short).prefix(100))-failed"
            let taken = Set(try library.snapshots().compactMap(\.name))
            if !taken.contains(stem) { return stem }
            return (2...).lazy.map { "\(stem)-\($0)" }.first { !taken.contains($0) } ?? stem
        }
    }
}
