// SPDX-License-Identifier: Apache-2.0
import Catalogue
import ContentStore
import EnvironmentModel
import OCI
public import SystemPackage

/// What a garbage collection removed.
public struct GarbageReport: Sendable {
    /// How many blobs no snapshot refers to.
    public var blobs = 0
    /// Their bytes in the store.
    public var bytes: Int64 = 0
    /// Transactions that had died and left files.
    public var transactions = 0
    /// Files that stay although nothing names them, since documents need blobs that the catalogue does not know.
    public var spared = 0
}

extension SnapshotLibrary {
    /// Removes every blob that no snapshot refers to, and what dead transactions left.
    ///
    /// - Parameters:
    ///   - isDryRun: Whether to say what would be removed, and remove nothing.
    ///   - folders: Those of dead transactions that are still needed.
    /// - Throws: `ContentStoreError` with `.locked` while another envsnap writes to the store.
    public func collectGarbage(isDryRun: Bool, sparing folders: [FilePath] = []) throws -> GarbageReport {
        let lock = try lock(.exclusive)
        defer { lock.release() }
        var report = GarbageReport()
        if !isDryRun { try withdrawAnnounced(under: lock) }
        let (kept, lost) = try neededFiles()
        var doomed = try store.blobDigests().filter { !kept.contains($0) }
        if lost > 0 {
            // Any file may be what they need.
            let known = try catalogue.storedDigests()
            report.spared = doomed.count { !known.contains($0) }
            doomed.removeAll { !known.contains($0) }
        }
        report.blobs = doomed.count
        report.bytes = try doomed.reduce(0) { $0 + (try store.blobSize($1) ?? 0) }
        guard !isDryRun else { return report }
        report.transactions = try store.sweep(sparing: Set(folders.compactMap { $0.lastComponent?.string })).count
        let forgotten = try catalogue.deleteUnreferencedBlobs(keeping: kept)
        if forgotten.contains(where: { $0.kind == BlobKind.pack || $0.kind == BlobKind.chunkList }) {
            try catalogue.forgetLost()
        }
        for digest in doomed { try store.removeBlob(digest, under: lock) }
        return report
    }

    /// The files of all blobs that documents need, and of all packs with chunks that they need; and how many blobs they need
    /// whose files are not known.
    ///
    /// Documents are read beside the catalogue: what either of them names stays.
    private func neededFiles() throws -> (files: Set<Digest>, unknown: Int) {
        var named: Set<Digest> = []
        var lists: Set<Digest> = []
        for id in try store.documentIDs() {
            let document = try document(id)
            named.formUnion(document.referencedBlobs)
            lists.formUnion(document.chunkLists)
        }
        let known = try catalogue.blobs(rawDigests: named)
        var files = Set(known.values.map(\.storedDigest))
        var lost: Set<Digest> = []
        for list in lists where known[list] != nil {
            try forEachChunk(of: list) { chunks in
                let places = try catalogue.chunks(chunks.map(\.digest))
                files.formUnion(places.values.map(\.pack))
                lost.formUnion(chunks.map(\.digest).filter { places[$0] == nil })
            }
        }
        let unknown = named.count - known.count
        guard !lost.isEmpty else { return (files, unknown) }
        for file in try store.blobDigests() where !files.contains(file) {
            guard let chunks = try? PackIndex.read(store.openForRandomAccess(file)) else { continue }
            if chunks.contains(where: { lost.contains($0.digest) }) { files.insert(file) }
        }
        return (files, unknown)
    }
}
