// SPDX-License-Identifier: Apache-2.0
public import Archive
import Catalogue
import ContentStore
public import EnvironmentModel
import Hashing
public import OCI
import Synchronization

extension SnapshotTransaction {
    /// What is known of an earlier capture may be used from here on.
    ///
    /// - Parameter moment: When the file systems that are read were written back, at the latest.
    public func useKnown(at moment: SurveyMoment) throws {
        try library.catalogue.beginKnown(boot: moment.boot, clock: moment.clock)
        let files = KnownFiles(catalogue: library.catalogue, packs: packs, moment: moment)
        state.withLock { $0.files = files }
    }

    /// What a tree became in an earlier capture, where it is as it was and all of it is in the store.
    ///
    /// - Parameters:
    ///   - key: Stands for the tree's path and what is left out of it.
    ///   - survey: What the tree looks like now.
    public func knownTree(_ key: Digest, survey: TreeSurvey) throws -> (archive: DataArchive, summary: PackSummary)? {
        guard state.withLock({ $0.files }) != nil, survey.isSettled, survey.isOnDisk,
            let tree = try library.catalogue.knownTree(key), tree.survey == survey.digest, try holds(tree.list)
        else { return nil }
        var summary = PackSummary()
        summary.entries = Int(tree.entries)
        summary.dataBytes = tree.contentBytes
        summary.sockets = tree.sockets
        let archive = DataArchive(
            digest: tree.list, size: tree.size, entries: tree.entries, contentBytes: tree.contentBytes, form: .chunks)
        return (archive, summary)
    }

    /// Remembers what a tree became, once the snapshot is committed; nothing where anything about it is in doubt.
    public func remember(_ key: Digest, survey: TreeSurvey, archive: DataArchive, summary: PackSummary) {
        guard survey.isSettled, survey.isOnDisk, archive.form == .chunks, summary.changed.isEmpty,
            summary.vanished.isEmpty, summary.unreadable.isEmpty, summary.mountPoints.isEmpty
        else { return }
        let tree = KnownTree(
            key: key, survey: survey.digest, list: archive.digest, size: archive.size, entries: archive.entries,
            contentBytes: archive.contentBytes, sockets: summary.sockets)
        state.withLock { $0.trees.append(tree) }
    }

    /// Writes down what was remembered; a failure costs the next capture time and nothing else.
    func keepKnown() {
        let (trees, files) = state.withLock { ($0.trees, $0.files) }
        guard let files else { return }
        try? files.flush()
        if !trees.isEmpty { try? library.catalogue.put(knownTrees: trees, knownFiles: []) }
    }

    /// Whether a list and all its chunks are in the store.
    private func holds(_ list: Digest) throws -> Bool {
        guard try library.knownBlobs([list])[list] != nil else { return false }
        var isWhole = true
        do {
            try library.forEachChunk(of: list) { chunks in isWhole = try isWhole && packs.have(chunks) }
        } catch is ContentStoreError {
            return false
        } catch is SnapshotError {
            return false
        }
        return isWhole
    }
}
