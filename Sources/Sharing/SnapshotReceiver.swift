// SPDX-License-Identifier: Apache-2.0

import Archive
import Catalogue
import ContentStore
import EnvironmentModel
import Hashing
import JSONTree
public import OCI
public import Snapshots

/// A snapshot that came into the library.
public struct ReceivedSnapshot: Sendable {
    /// The snapshot.
    public let id: Digest
    /// The name under which it is known here.
    public let name: String?
    /// The document's name, where the snapshot could not have it here.
    public let refusedName: String?
    /// Whether the library had it before.
    public let wasPresent: Bool
    /// How much was read and stored.
    public let account: SnapshotTransaction.Account
}

/// Takes in a snapshot from elsewhere: verifies its document and each blob, then makes it visible in one step.
///
/// This is the one place in which what a manifest says becomes rows of the catalogue. Until `commit` nothing shows; an
/// interruption leaves blobs that the next garbage collection removes, each of them verified.
final class SnapshotReceiver: Sendable {
    let library: SnapshotLibrary
    let manifest: SnapshotManifest
    let transaction: SnapshotTransaction
    private let document: EnvironmentDocument
    private let documentBytes: [UInt8]
    private let present: SnapshotRecord?

    /// Begins with the document, which has to be the one that the manifest names.
    init(_ manifest: SnapshotManifest, document bytes: [UInt8], library: SnapshotLibrary) throws {
        self.library = library
        self.manifest = manifest
        document = try Self.verifiedDocument(bytes, manifest)
        documentBytes = bytes
        transaction = try library.begin()
        present = try library.catalogue.snapshot(manifest.snapshot)
        do {
            try checkBases()
            try checkSpace()
        } catch {
            transaction.end()
            throw error
        }
    }

    /// The blobs that the library has not.
    func missingBlobs() throws -> [BlobRecord] {
        let known = try library.knownBlobs(manifest.blobs.map(\.rawDigest))
        return try manifest.blobs.filter { blob in
            guard let known = known[blob.rawDigest] else { return true }
            return try library.store.blobSize(known.storedDigest) != known.storedSize
        }
    }

    /// Takes a blob that an earlier run has left in the store, verified; false where there is none.
    func takePresent(_ blob: BlobRecord) throws -> Bool {
        try explaining(blob) { try transaction.takePresent(blob) }
    }

    /// Stores a blob, verified.
    func receive(_ blob: BlobRecord, from source: @escaping ByteSource) throws {
        try explaining(blob) { try transaction.putReceived(blob, from: source) }
    }

    /// Runs the body, and says of a blob that is not as it should be where that comes from.
    func explaining<Result>(_ blob: BlobRecord, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as SnapshotError where error.code == .mismatch {
            throw SharingError(.badBundle, error.message, hint: "fetch or make it again; nothing of it was kept")
        } catch let error as ArchiveError {
            throw SharingError(.badBundle, "the blob \(blob.storedDigest.short): \(error.message)")
        }
    }

    /// Makes the snapshot visible.
    func commit(origin: SnapshotOrigin) throws -> ReceivedSnapshot {
        let name = try present.map(\.name) ?? freeName()
        do {
            _ = try transaction.commit(received: document, bytes: documentBytes, name: name, origin: origin)
        } catch let error as SnapshotError where error.code == .mismatch {
            throw SharingError(.badBundle, error.message, hint: "fetch or make it again; nothing of it was kept")
        }
        return ReceivedSnapshot(
            id: manifest.snapshot, name: name, refusedName: present == nil && name == nil ? document.name : nil,
            wasPresent: present != nil, account: transaction.account)
    }

    /// Ends the transaction; without a commit before, nothing shows.
    func end() { transaction.end() }

    /// The document's name, when it is free and cannot be taken for another snapshot's id.
    private func freeName() throws -> String? {
        guard let name = document.name, name.canNameSnapshotFromElsewhere else { return nil }
        return try library.catalogue.snapshot(named: name) == nil ? name : nil
    }

    /// What was left out has to be here.
    private func checkBases() throws {
        let absent = try manifest.bases.filter { try library.catalogue.snapshot($0) == nil }
        if let base = absent.first {
            let all = absent.prefix(5).map(\.hex).joined(separator: ", ") + (absent.count > 5 ? ", …" : "")
            throw SharingError(
                .needsBase, "it holds only what is new since the snapshot \(all), which is not in \(library.folder)",
                hint: "import \(base.short) first, or have it exported again without --since")
        }
        let coming = Set(manifest.blobs.map(\.rawDigest))
        for digest in document.referencedBlobs where !coming.contains(digest) {
            guard try transaction.has(digest) else {
                throw SharingError(
                    .badBundle, "the snapshot needs the blob \(digest.short), which is neither in it nor here",
                    hint: "fetch or make it again")
            }
        }
    }

    /// Better said before than after hours.
    private func checkSpace() throws {
        let needed = try missingBlobs().reduce(0) { $0 + $1.storedSize }
        let free = try library.store.availableBytes()
        guard needed <= free else {
            throw SharingError(
                .noSpace, "the snapshot needs \(needed) bytes in \(library.folder), where \(free) are free",
                hint: "envsnap gc frees what no snapshot needs")
        }
    }

    static func verifiedDocument(
        _ bytes: [UInt8], _ manifest: SnapshotManifest
    ) throws -> EnvironmentDocument {
        guard try SHA256Hasher.digest(of: bytes) == manifest.snapshot else {
            throw SharingError(.badBundle, "the environment document is not the one that the manifest names")
        }
        do {
            let json = try JSONValue(parsing: bytes)
            guard json.canonicalBytes == bytes else {
                throw SharingError(.badBundle, "the environment document is not in canonical form")
            }
            let document = try EnvironmentDocument(json: json)
            guard document.capturedAt.isTimeInUTC, document.tags[""] == nil else {
                throw SharingError(
                    .badBundle, "the environment document has a time that is none, or a tag without a key")
            }
            return document
        } catch let error as JSONError {
            throw SharingError(.badBundle, "the environment document is \(error)")
        }
    }
}

extension String {
    /// Whether it is a time as RFC 3339 writes it, in UTC.
    fileprivate var isTimeInUTC: Bool {
        wholeMatch(of: /[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?Z/) != nil
    }
}
