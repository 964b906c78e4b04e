// SPDX-License-Identifier: Apache-2.0
public import Catalogue
public import ContentStore
public import EnvironmentModel
import JSONTree
public import OCI
public import SystemPackage

/// The snapshots on this machine: documents and blobs in the content store, and the catalogue that finds them.
///
/// It joins what the modules below do not know of each other: a blob is known to a snapshot by the digest of its
/// uncompressed bytes, to the content store by that of its stored bytes, and the catalogue maps one to the other.
public final class SnapshotLibrary: Sendable {
    /// The content store.
    public let store: Store
    /// The index of snapshots, blobs and replays.
    public let catalogue: CatalogueDatabase

    /// How long a lock is waited for.
    let patience: LockPatience
    /// Held as long as the library is: the catalogue is not replaced meanwhile.
    private let use: NameLock

    /// Opens the store of a folder and makes it where there is none.
    ///
    /// - Parameters:
    ///   - folder: The folder of the store.
    ///   - patience: How long a lock is waited for that another envsnap holds.
    /// - Throws: `ContentStoreError` and `CatalogueError`; `SnapshotError` with `.damaged` where the catalogue is lost.
    public init(at folder: FilePath, patience: LockPatience = .none) throws {
        store = try Store.openOrCreate(at: folder)
        self.patience = patience
        use = try store.lockUse(.shared, patience: patience)
        // A new one would be empty, and all blobs garbage.
        if try CatalogueDatabase.isAbsent(at: store.cataloguePath), try !store.documentIDs().isEmpty {
            throw SnapshotError(
                .damaged,
                "the catalogue \(store.cataloguePath) is lost: the store has snapshots, and there is no "
                    + "catalogue of them", hint: "envsnap check --rebuild makes it anew from the snapshots")
        }
        catalogue = try CatalogueDatabase.open(at: store.cataloguePath)
    }

    /// Locks the store, with the library's patience.
    public func lock(_ mode: StoreLock.Mode) throws -> StoreLock { try store.lock(mode, patience: patience) }

    /// The folder that holds all of it.
    public var folder: FilePath { store.root }

    /// Where replays without a capsule keep their files, each in a folder of its name.
    public var replaysFolder: FilePath { store.root.appending("replays") }

    /// Where it is noted which files a replay has restored, each replay in a folder of its name.
    public var stampsFolder: FilePath { store.root.appending("stamps") }

    /// All snapshots, the newest first.
    public func snapshots() throws -> [SnapshotRecord] { try catalogue.snapshots() }

    /// The snapshot that a reference stands for: a name, an id, or the beginning of an id of at least four digits.
    ///
    /// - Throws: `SnapshotError` where there is none or more than one.
    public func find(_ reference: String) throws -> SnapshotRecord {
        if let named = try catalogue.snapshot(named: reference) { return named }
        let prefix = reference.hasPrefix("sha256:") ? String(reference.dropFirst(7)) : reference
        switch try catalogue.snapshots(prefix: prefix.lowercased()) {
        case .unique(let record): return record
        case .ambiguous(let candidates):
            let ids = candidates.prefix(5).map { $0.id.hex.prefix(12) }.joined(separator: ", ")
            throw SnapshotError(
                .ambiguous, "\"\(reference)\" stands for several snapshots: \(ids)", hint: "give more digits")
        case .none:
            throw SnapshotError(
                .noSuchSnapshot, "no snapshot \"\(reference)\" in \(store.root)",
                hint: "envsnap ls lists them; an id needs at least four digits")
        }
    }

    /// Reads the document of a snapshot.
    ///
    /// - Throws: `ContentStoreError` where it is missing or damaged, `ModelError` where it cannot be understood.
    public func document(_ id: Digest) throws -> EnvironmentDocument {
        try EnvironmentDocument(json: JSONValue(parsing: try store.readDocument(id)))
    }

    /// Reads the document of a snapshot and makes sure that all of its data is in the store.
    ///
    /// - Throws: `SnapshotError` with `.missingBlob` where something is missing, `ContentStoreError`, `ModelError`.
    public func wholeDocument(_ id: Digest) throws -> EnvironmentDocument {
        do {
            let document = try document(id)
            for digest in document.dataBlobs { _ = try openBlob(digest) }
            for pack in try catalogue.blobs(of: id) where pack.kind == BlobKind.pack {
                _ = try store.openForRandomAccess(pack.storedDigest)
            }
            return document
        } catch let error as ContentStoreError where error.code == .missing {
            throw SnapshotError(
                .missingBlob, "the snapshot \(id.short) is not whole: \(error.message)",
                hint: "envsnap check lists what is missing")
        }
    }

    /// Which of the given contents are in the store.
    public func knownBlobs(_ digests: some Collection<Digest>) throws -> [Digest: BlobRecord] {
        try catalogue.blobs(rawDigests: digests)
    }

    /// How many uncompressed bytes some contents have, each counted once; what is not in the store counts for nothing.
    public func size(of digests: some Collection<Digest>) throws -> Int64 {
        try knownBlobs(Set(digests)).values.reduce(0) { $0 + $1.rawSize }
    }

    /// Opens a blob for reading its uncompressed bytes.
    public func openBlob(_ digest: Digest) throws -> BlobSource {
        guard let record = try catalogue.blobs(rawDigests: [digest])[digest] else {
            throw SnapshotError(
                .missingBlob, "the blob \(digest.short) is not in \(store.root)",
                hint: "envsnap check lists what is missing")
        }
        return try BlobSource(record: record, store: store)
    }

    /// Opens a data archive for reading, in whichever form it is stored.
    public func openArchive(_ archive: DataArchive) throws -> any VerifiedSource {
        switch archive.form {
        case .whole: try openWhole(archive)
        case .chunks:
            try ChunkedSource(
                size: archive.size, list: ChunkListReader(openBlob(archive.digest)),
                fetcher: ChunkFetcher(store: store, catalogue: catalogue))
        }
    }

    private func openWhole(_ archive: DataArchive) throws -> BlobSource {
        let source = try openBlob(archive.digest)
        guard source.size == archive.size else { throw SnapshotError.otherSize(source.size, archive.size) }
        return source
    }

    /// Reads a small blob whole.
    public func readBlob(_ digest: Digest) throws -> [UInt8] {
        let source = try openBlob(digest)
        var bytes: [UInt8] = []
        while let chunk = try source.readChunk() { bytes += chunk }
        return bytes
    }

    /// Begins to write a snapshot; nothing of it shows before `commit`.
    public func begin() throws -> SnapshotTransaction { try SnapshotTransaction(library: self) }
}
