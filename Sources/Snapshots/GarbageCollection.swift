// SPDX-License-Identifier: Apache-2.0
import Catalogue
import ContentStore
import EnvironmentModel
import OCI

/// What a garbage collection removed.
public struct GarbageReport: Sendable {
    /// How many blobs no snapshot refers to.
    public var blobs = 0
    /// Their bytes in the store.
    public var bytes: Int64 = 0
    /// Transactions that had died and left files.
    public var transactions = 0
    /// Unpacked layers that no replay stands on.
    public var layers = 0
}

extension SnapshotLibrary {
    /// Removes every blob that no snapshot refers to, and what dead transactions left.
    ///
    /// - Throws: `ContentStoreError` with `.locked` while another envsnap writes to the store.
    public func collectGarbage(isDryRun: Bool) throws -> GarbageReport {
        let lock = try store.lock(.exclusive)
        defer { lock.release() }
        var report = GarbageReport()
        // Documents are read beside the catalogue: a blob that either of them names stays.
        var named = Set<Digest>()
        for id in try store.documentIDs() { named.formUnion(try document(id).referencedBlobs) }
        let kept = Set(try catalogue.blobs(rawDigests: named).values.map(\.storedDigest))
        let doomed = try store.blobDigests().filter { !kept.contains($0) }
        report.blobs = doomed.count
        report.bytes = try doomed.reduce(0) { $0 + (try store.blobSize($1) ?? 0) }
        report.layers = try dropUnusedLayers(isDryRun: isDryRun)
        guard !isDryRun else { return report }
        report.transactions = try store.sweep().count
        _ = try catalogue.deleteUnreferencedBlobs()
        for digest in doomed { try store.removeBlob(digest, under: lock) }
        return report
    }
}
