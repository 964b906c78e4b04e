// SPDX-License-Identifier: Apache-2.0

import Glibc
public import OCI
import Synchronization
public import SystemPackage

/// A folder of the store in which bytes are put together before they are published.
///
/// The folder carries a lock of its own while the transaction lives, so that `Store.sweep()` can tell it from one
/// that a crash left behind. What was published stays; ending a transaction removes only what was not.
public final class Transaction: Sendable {
    /// The name of the transaction's folder.
    public let id: String
    /// The transaction's folder; a helper may write files into it, to be taken by `adoptBlob`.
    public let folder: FilePath

    let layout: StoreLayout
    let files: FileOperations
    private let storeLock: StoreLock
    private let state: Mutex<State>

    private struct State {
        var lock: FileDescriptor?
        var filesMade = 0
    }

    /// Makes the folder and locks it, while no sweep runs: a sweep would take the folder for a dead one before it
    /// has its lock.
    init(_ layout: StoreLayout, files: FileOperations, under storeLock: StoreLock) throws(ContentStoreError) {
        guard storeLock.holds(layout) else {
            throw ContentStoreError(.misuse, "a transaction on \(layout.root) needs a lock on it that is still held")
        }
        let id = String(UInt64.random(in: 0...UInt64.max), radix: 16)
        let folder = layout.transactions.appending(id)
        let noSweep = try FileLock.wait(layout.transactions, exclusively: false)
        defer { try? noSweep.close() }
        do {
            try files.makeFolder(folder)
        } catch {
            throw .system("create", folder, error)
        }
        let lockPath = folder.appending(Self.lockName)
        do {
            try files.create(lockPath).close()
            guard let lock = try FileLock.take(lockPath, exclusively: true) else { throw Errno.wouldBlock }
            state = Mutex(State(lock: lock))
        } catch {
            try? Folder.remove(folder)
            if let error = error as? ContentStoreError { throw error }
            throw .system("create", lockPath, error as? Errno ?? .ioError)
        }
        self.id = id
        self.folder = folder
        self.layout = layout
        self.files = files
        self.storeLock = storeLock
    }

    deinit { end() }

    /// The name of the file in a transaction's folder that is locked while the transaction lives.
    static let lockName = "lock"

    /// Begins a blob that is written piece by piece; several may be written at the same time.
    public func makeBlob() throws(ContentStoreError) -> BlobWriter {
        let file = try DurableFile(creating: try nextPath(), files: files)
        return try BlobWriter(file, in: self)
    }

    /// Puts a blob that is in memory into the store.
    public func putBlob(
        _ bytes: some Collection<UInt8>, expected: Digest? = nil
    ) throws(ContentStoreError) -> StoredBlob {
        let writer = try makeBlob()
        try writer.write(bytes)
        return try writer.commit(expected: expected)
    }

    /// Removes the folder with all that was not published; nothing happens the second time.
    ///
    /// What cannot be removed now is removed by a later sweep.
    public func end() {
        state.withLock { state in
            guard let lock = state.lock else { return }
            state.lock = nil
            // A sweep would find the folder without its lock halfway.
            let noSweep = try? FileLock.wait(layout.transactions, exclusively: false)
            defer { try? noSweep?.close() }
            try? Folder.remove(folder)
            try? lock.close()
        }
    }

    /// Lets go of the folder and leaves it as it is, as a crash would: what is in it is for a later run.
    public func leave() {
        state.withLock { state in
            try? state.lock?.close()
            state.lock = nil
        }
    }

    /// A path in the folder that no file has.
    func nextPath() throws(ContentStoreError) -> FilePath {
        let number: Int? = state.withLock { state in
            guard state.lock != nil else { return nil }
            state.filesMade += 1
            return state.filesMade
        }
        guard let number else { throw ContentStoreError(.misuse, "the transaction \(id) has ended") }
        return folder.appending("part-\(number)")
    }
}
