// SPDX-License-Identifier: Apache-2.0

import Hashing
import OCI
import Snapshots
import SystemPackage
import TestSupport

/// A store with a transaction that was begun.
struct StoreFixture {
    let folder: TemporaryFolder
    let library: SnapshotLibrary
    let transaction: SnapshotTransaction

    init() throws {
        folder = try TemporaryFolder()
        library = try SnapshotLibrary(at: FilePath(folder.path("store")))
        transaction = try library.begin()
    }

    /// Runs a script in the folder.
    func shell(_ script: String) throws { try Tool.run("sh", "-ec", "cd '\(folder.path)'; \(script)") }

    /// The digest of a file, by `sha256sum`.
    func digest(_ name: String) throws -> Digest { try Digest(hex: try Tool.sha256(folder.path(name))) }
}
