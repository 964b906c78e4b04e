// SPDX-License-Identifier: Apache-2.0
public import Catalogue
import ContentStore
public import OCI

extension SnapshotLibrary {
    /// Removes a snapshot; its blobs stay until the garbage is collected.
    ///
    /// - Throws: `SnapshotError` where a replay stands on it.
    public func remove(_ snapshot: SnapshotRecord) throws {
        try removing(snapshot.id) {
            let replays = try catalogue.replays(of: snapshot.id)
            guard replays.isEmpty else {
                throw SnapshotError(
                    .inUse,
                    "the snapshot \(snapshot.id.short) has replays: \(replays.map(\.name).joined(separator: ", "))",
                    hint: "take them down first: envsnap down \(replays[0].name)")
            }
            try catalogue.deleteSnapshot(snapshot.id)
        }
    }

    /// The document that no catalogue knows and that the beginning of an id stands for; nil where there is none.
    public func strayDocument(_ prefix: String) throws -> Digest? {
        guard prefix.utf8.count >= 4 else { return nil }
        let found = try store.documentIDs().filter { $0.hex.hasPrefix(prefix) }
        guard found.count == 1, let id = found.first, try catalogue.snapshot(id) == nil else { return nil }
        return id
    }

    /// Removes a document that the catalogue does not know; its blobs stay until the garbage is collected.
    public func removeStray(_ id: Digest) throws { try removing(id) {} }

    /// Removes a document after something; a run that ends between the two is finished by a garbage collection.
    private func removing(_ id: Digest, after body: () throws -> Void) throws {
        let lock = try lock(.shared)
        defer { lock.release() }
        // On a full disk there is no room for it; then a run that is killed leaves a document, which check names.
        let transaction = try? store.begin(under: lock)
        defer { transaction?.end() }
        try? transaction?.announce(id)
        do {
            try body()
            try withdraw(id, under: lock)
        } catch {
            if !isKnown(id) { transaction?.leave() }
            throw error
        }
    }

    /// Removes a document that has no row; where somebody has added the same snapshot meanwhile, it is that one's.
    ///
    /// Where this fails a garbage collection does it, if the announcement is left.
    func withdraw(_ id: Digest, under lock: StoreLock) throws {
        try catalogue.ifUnknown(id) { try store.removeDocument(id, under: lock) }
    }

    /// Whether the catalogue has a row of a snapshot; where it cannot tell, it has none.
    private func isKnown(_ id: Digest) -> Bool { (try? catalogue.snapshot(id)) ?? nil != nil }

    /// Removes the documents whose snapshots an interrupted run did not finish to add, or had begun to remove.
    ///
    /// - Parameter lock: An exclusive one: all announcements are then of runs that are dead.
    func withdrawAnnounced(under lock: StoreLock) throws {
        for id in try store.announcedDocuments() { try withdraw(id, under: lock) }
    }
}
