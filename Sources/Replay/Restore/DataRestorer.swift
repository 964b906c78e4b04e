// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import LiveEnvironment
import Snapshots

/// Unpacks data archives out of the store, each verified while it is read.
struct DataRestorer: Sendable {
    let library: SnapshotLibrary
    let access: any DataAccess

    func restore(_ data: DataArchive, to target: UnpackTarget) async throws {
        let library = library
        try await access.unpack(target) {
            let source = try library.openBlob(data.digest)
            return { try source.read(into: $0) }
        }
    }
}
