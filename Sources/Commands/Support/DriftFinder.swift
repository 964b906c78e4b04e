// SPDX-License-Identifier: Apache-2.0
import Catalogue
import ContentStore
import EnvironmentModel
import LiveEnvironment
import Replay
import Snapshots

/// Compares a snapshot with something that runs: one of its replays, or a compose project.
struct DriftFinder {
    let context: CommandContext
    let library: SnapshotLibrary
    let document: EnvironmentDocument
    /// How files are compared; nil for not at all.
    let options: DataComparison.Options?

    func replay(_ name: String) async throws -> EnvironmentDifference {
        let hold = try context.hold(name, in: library)
        defer { hold.release() }
        let running = try await context.running(name, in: library)
        return try await AccessChooser(context: context, engine: running.outer, imageUse: .again).with { access in
            let found = try await Verifier(access: access, report: context.report)
                .look(at: running.engine, of: running.record.mode, for: document, paths: running.paths)
            var difference = EnvironmentDifference(
                captured: document, found: found.wholeRecord, project: nil, for: .drift)
            try await compareFiles(of: found, below: running.treesFolder(in: library), access, into: &difference)
            return difference
        }
    }

    func project(_ name: String) async throws -> EnvironmentDifference {
        let engine = try await context.connect()
        let project = try await ProjectFinder(engine: engine).find(name, workingDirectory: context.workingDirectory)
        let hosts = Set(document.engine.enginesWithPaths().compactMap { $0.path.hosts.last })
        return try await AccessChooser(context: context, engine: engine).with { access in
            let found = try await Observer(namedHosts: hosts, access: access, report: context.report)
                .observe(engine, scope: .project(project.name))
            var difference = EnvironmentDifference(
                captured: document, found: found.wholeRecord, project: project, for: .difference)
            try await compareFiles(of: found, below: nil, access, into: &difference)
            return difference
        }
    }

    private func compareFiles(
        of found: ObservedEngine, below folder: String?, _ access: any DataAccess,
        into difference: inout EnvironmentDifference
    ) async throws {
        guard let options else { return }
        let verifier = DataVerifier(library: library, access: access, report: context.report)
        for data in try await verifier.differences(on: document, found: found, treesBelow: folder, options: options) {
            difference.add(data)
        }
        let comparison = SnapshotComparison(library: library, options: options, report: context.report)
        let withFiles = difference
        difference = try await BlockingWork.run { try comparison.addingPackages(to: withFiles) }
    }
}
