// SPDX-License-Identifier: Apache-2.0
import Catalogue
public import ContentStore
import EnvironmentModel
import OCI

/// What a check of the store found.
public struct StoreReport: Sendable {
    /// How many snapshots were looked at.
    public var snapshots = 0
    /// How many blobs were looked at.
    public var blobs = 0
    /// What is wrong, a line each.
    public var problems: [String] = []
}

extension SnapshotLibrary {
    /// Checks the catalogue, every document, and every blob's size or data.
    public func check(depth: CheckDepth, report: (String) -> Void = { _ in }) throws -> StoreReport {
        let lock = try store.lock(.shared)
        defer { lock.release() }
        var found = StoreReport()
        do { try catalogue.verify() } catch { found.problems.append("catalogue: \(error)") }
        let documents = Set(try store.documentIDs())
        for snapshot in try catalogue.snapshots() {
            found.snapshots += 1
            report("checking snapshot \(snapshot.id.short)")
            guard documents.contains(snapshot.id) else {
                found.problems.append("snapshot \(snapshot.id.short): its document is missing")
                continue
            }
            found.problems += problems(ofSnapshot: snapshot.id)
        }
        for orphan in documents.subtracting(try catalogue.snapshots().map(\.id)).sorted() {
            found.problems.append("snapshot \(orphan.short): its document is there, the catalogue does not know it")
        }
        for blob in try catalogue.allBlobs() {
            found.blobs += 1
            report("checking blob \(blob.storedDigest.short)")
            switch try store.checkBlob(blob.storedDigest, expectedSize: blob.storedSize, depth: depth) {
            case .intact: break
            case .missing: found.problems.append("blob \(blob.storedDigest.short): missing")
            case .damaged(let how): found.problems.append("blob \(blob.storedDigest.short): \(how)")
            }
        }
        return found
    }

    private func problems(ofSnapshot id: Digest) -> [String] {
        do {
            let referenced = try document(id).referencedBlobs
            let known = try catalogue.blobs(rawDigests: referenced)
            return referenced.filter { known[$0] == nil }.map {
                "snapshot \(id.short): the blob \($0.short) is missing"
            }
        } catch {
            return ["snapshot \(id.short): \(error)"]
        }
    }
}
