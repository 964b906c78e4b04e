// SPDX-License-Identifier: Apache-2.0
import Catalogue
import OCI
import SystemPackage

/// What the catalogue knew that is about to be replaced.
///
/// Of a damaged one nothing is believed: a row that is gone would make a snapshot from elsewhere one that was captured
/// here.
struct FormerCatalogue {
    /// What is wrong with it; nil where it is sound.
    let complaint: String?
    /// Its snapshots.
    let snapshots: [Digest: SnapshotRecord]
    /// Its replays.
    let replays: [ReplayRecord]

    /// Reads all that a sound catalogue knows and nothing else does.
    ///
    /// - Throws: `CatalogueError` where it is not this program's to judge: a newer one, one that is locked or is not this
    ///   user's alone.
    init(at path: FilePath) throws {
        if try CatalogueDatabase.isAbsent(at: path) {
            self.init(complaint: "there is none", [], [])
            return
        }
        do {
            let database = try CatalogueDatabase.open(at: path)
            try database.verify()
            let (snapshots, replays) = (try database.snapshots(), try database.replays())
            try database.close()
            self.init(complaint: nil, snapshots, replays)
        } catch {
            let others: [CatalogueError.Code] = [.newerVersion, .locked, .unsafe, .diskFull]
            guard !others.contains(error.code) else { throw error }
            self.init(complaint: error.message, [], [])
        }
    }

    private init(complaint: String?, _ snapshots: [SnapshotRecord], _ replays: [ReplayRecord]) {
        self.complaint = complaint
        self.snapshots = Dictionary(snapshots.map { ($0.id, $0) }) { first, _ in first }
        self.replays = replays
    }
}
