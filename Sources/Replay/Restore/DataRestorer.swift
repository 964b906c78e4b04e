// SPDX-License-Identifier: Apache-2.0
import Archive
import EnvironmentModel
import LiveEnvironment
import Snapshots

/// Unpacks data archives out of the store, each verified while it is read.
struct DataRestorer: Sendable {
    let library: SnapshotLibrary
    let access: any DataAccess

    /// Replaces what stands at the target by what the archive holds.
    func restore(_ data: DataArchive, to target: UnpackTarget) async throws {
        try await access.unpack(target, open: opening(data))
    }

    /// Writes what was touched in a folder since it was stamped; returns whether anything was.
    func revert(
        _ data: DataArchive, in path: String, excluding exclusions: [Exclusion], since stamps: String
    ) async throws -> Bool {
        try await access.revert(path, excluding: exclusions, since: stamps, open: opening(data))
    }

    private func opening(_ data: DataArchive) -> @Sendable () throws -> ByteSource {
        let library = library
        return {
            let source = try library.openArchive(data)
            return { try source.read(into: $0) }
        }
    }
}
