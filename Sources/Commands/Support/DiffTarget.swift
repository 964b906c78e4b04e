// SPDX-License-Identifier: Apache-2.0
import Catalogue
import OCI
import Snapshots

/// What a snapshot is compared with.
enum DiffTarget {
    case snapshot(SnapshotRecord)
    case replay(String)
    /// A compose project that runs, by name or folder.
    case project(String)

    /// Finds what a word stands for: a snapshot, else a replay, else a project.
    ///
    /// `replay:` or `project:` before it says which. A replay bears the name of its snapshot unless told otherwise, and no snapshot differs from itself: there
    /// the replay is meant.
    init(_ word: String, comparedWith snapshot: SnapshotRecord, in library: SnapshotLibrary) throws {
        for (mark, target) in [("replay:", DiffTarget.replay), ("project:", DiffTarget.project)]
        where word.hasPrefix(mark) {
            self = target(String(word.dropFirst(mark.count)))
            return
        }
        let isReplay = try library.catalogue.replay(named: word) != nil
        do {
            let found = try library.find(word)
            self = isReplay && found.id == snapshot.id ? .replay(word) : .snapshot(found)
        } catch let error as SnapshotError where error.code == .noSuchSnapshot {
            self = isReplay ? .replay(word) : .project(word)
        }
    }
}
