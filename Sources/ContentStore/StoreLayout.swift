// SPDX-License-Identifier: Apache-2.0

import Glibc
import OCI
import SystemPackage

/// Where things are in a store, and whether a folder is one.
struct StoreLayout {
    let root: FilePath

    var blobs: FilePath { root.appending("blobs").appending(Digest.algorithm) }
    var documents: FilePath { root.appending("snapshots") }
    var transactions: FilePath { root.appending("tmp") }
    var lock: FilePath { root.appending("lock") }
    var locks: FilePath { root.appending("locks") }
    var catalogue: FilePath { root.appending(Self.catalogueName) }

    static let catalogueName = "catalogue.sqlite"
    static let documentSuffix = ".json"

    private var folders: [FilePath] { [root.appending("blobs"), blobs, documents, transactions] }

    func blob(_ digest: Digest) -> FilePath { blobs.appending(digest.hex) }
    func document(_ id: Digest) -> FilePath { documents.appending(id.hex + Self.documentSuffix) }

    /// Whether the folder is a store, is empty, or is something else.
    enum Content { case store, nothing, somethingElse }

    /// Judges the folder by the names in it.
    ///
    /// `lock` is made last, so a folder without it that has only the store's own names is one whose making was
    /// interrupted; it is finished like an empty one.
    func content() throws(ContentStoreError) -> Content {
        let names = Set(try Folder.names(in: root).map(\.string))
        if names.contains("lock") { return .store }
        return names.isSubset(of: ["blobs", "snapshots", "tmp"]) ? .nothing : .somethingElse
    }

    /// Makes whatever of the layout is absent, durably.
    func complete(files: FileOperations) throws(ContentStoreError) {
        for folder in folders where try FileStatus.of(folder) == nil {
            try Self.makeFolder(folder, files: files)
        }
        guard try FileStatus.of(lock) == nil else { return }
        do {
            try files.create(lock).close()
        } catch let error as Errno where error == .fileExists {
            // Another process made it meanwhile.
        } catch let error as Errno {
            throw .system("create", lock, error)
        } catch {
            throw ContentStoreError(.failed, "cannot create \(lock): \(error)", cause: error)
        }
        try DurableFile.synchronizeFolder(of: lock, files: files)
    }

    /// Makes a folder that only this user may enter; that it exists already is fine.
    static func makeFolder(_ path: FilePath, files: FileOperations) throws(ContentStoreError) {
        do {
            try files.makeFolder(path)
        } catch .fileExists {
            return
        } catch {
            throw .system("create", path, error)
        }
        try DurableFile.synchronizeFolder(of: path, files: files)
    }

    /// Refuses a store that somebody else owns or may enter.
    ///
    /// A snapshot holds secrets, and who can write into the store decides what a replay runs. The lesson is git's
    /// safe.directory, CVE-2022-24765.
    func verifyOwnership() throws(ContentStoreError) {
        for folder in [root] + folders {
            guard let status = try FileStatus.of(folder), status.isFolder else {
                throw ContentStoreError(.notAStore, "\(root) is not an envsnap store: \(folder) is not a folder")
            }
            try Self.verify(status, folder)
        }
        guard let status = try FileStatus.of(lock), status.isRegular else {
            throw ContentStoreError(.notAStore, "\(root) is not an envsnap store: \(lock) is not a file")
        }
        try Self.verify(status, lock)
    }

    /// Refuses a file or folder that is not this user's alone.
    static func verify(_ status: FileStatus, _ path: FilePath) throws(ContentStoreError) {
        try verifyOwner(status, path)
        guard status.permissions & 0o077 == 0 else {
            throw ContentStoreError(
                .unsafe,
                "\(path) is open to other users (mode \(String(status.permissions, radix: 8))): "
                    + "look at what is in it, then run 'chmod go= \(path)'")
        }
    }

    /// Refuses a file or folder that is not this user's.
    static func verifyOwner(_ status: FileStatus, _ path: FilePath) throws(ContentStoreError) {
        let user = geteuid()
        guard status.owner == user else {
            throw ContentStoreError(
                .unsafe,
                "\(path) belongs to user \(status.owner), not to user \(user) who runs envsnap: "
                    + "run envsnap as its owner, or choose another store with --store")
        }
    }
}
