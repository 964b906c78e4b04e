// SPDX-License-Identifier: Apache-2.0
import Catalogue
public import ContentStore
public import SystemPackage

extension SnapshotLibrary {
    /// Makes the catalogue of a store anew from its documents and blobs, whatever the one is like that is there; that one
    /// is set aside.
    ///
    /// Blocks, and reads every byte of the store.
    ///
    /// - Parameters:
    ///   - folder: The folder of the store.
    ///   - time: The time of it: RFC 3339 in UTC.
    ///   - patience: How long a lock is waited for that another envsnap holds.
    ///   - report: Called with what is done.
    /// - Throws: `ContentStoreError` with `.locked` while anybody has the store open; `CatalogueError` where the catalogue
    ///   is of a newer version. Then everything is as it was.
    public static func rebuildCatalogue(
        at folder: FilePath, time: String, patience: LockPatience = .none,
        report: @escaping (String) throws -> Void = { _ in }
    ) throws -> RebuildReport {
        let store = try Store.open(at: folder)
        let use = try store.lockUse(.exclusive, patience: patience)
        defer { use.release() }
        let lock = try store.lock(.exclusive, patience: patience)
        defer { lock.release() }
        let former = try FormerCatalogue(at: store.cataloguePath)
        let catalogue = try CatalogueDatabase.begin(replacing: store.cataloguePath)
        var found = try CatalogueRebuild(store: store, former: former, time: time, report: report).fill(catalogue)
        found.setAside = try catalogue.takePlace(
            of: store.cataloguePath, which: former.complaint == nil ? .replaced : .damaged)
        return found
    }
}
