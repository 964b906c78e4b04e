// SPDX-License-Identifier: Apache-2.0
import Archive
import EnvironmentModel
import LiveEnvironment
import Snapshots
import Steps

/// Unpacks data archives out of the store, each verified while it is read.
struct DataRestorer: Sendable {
    let library: SnapshotLibrary
    let access: any DataAccess

    /// Replaces what stands at the target by what the archive holds.
    func restore(_ data: DataArchive, to target: UnpackTarget, _ progress: StepMeter? = nil) async throws {
        try await access.unpack(target, limits: data.limits, open: opening(data, progress))
    }

    /// Writes what was touched in a folder since it was stamped; returns whether anything was.
    func revert(
        _ data: DataArchive, in path: String, excluding exclusions: [Exclusion], since stamps: String,
        _ progress: StepMeter?
    ) async throws -> Bool {
        try await access.revert(
            path, excluding: exclusions, since: stamps, limits: data.limits, open: opening(data, progress))
    }

    private func opening(_ data: DataArchive, _ progress: StepMeter?) -> @Sendable () throws -> ByteSource {
        let library = library
        return {
            let source = try library.openArchive(data)
            let read: ByteSource = { try source.read(into: $0) }
            return progress?.counting(read) ?? read
        }
    }
}

extension DataArchive {
    /// What the archive has by the document, and may not exceed; holes count for nothing.
    fileprivate var limits: TreeExtractor.Options.Limits {
        TreeExtractor.Options.Limits(
            entries: Int(clamping: entries), dataBytes: contentBytes,
            apparentBytes: TreeExtractor.Options.Limits().apparentBytes)
    }
}
