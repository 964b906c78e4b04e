// SPDX-License-Identifier: Apache-2.0
// flock(2), as for StoreLock: the kernel lets go of the lock when its holder ends, however it ends.

import Glibc
import Synchronization
import SystemPackage

/// A lock on one thing of a store that has a name, held until it is released or dropped.
public final class NameLock: Sendable {
    private let path: FilePath
    private let descriptor: Mutex<FileDescriptor?>

    /// - Parameter subject: What is locked, as a message says it.
    init(
        _ path: FilePath, _ mode: StoreLock.Mode, subject: String, within limit: Duration, of patience: LockPatience,
        files: FileOperations?
    ) throws(ContentStoreError) {
        self.path = path
        let taken = try patience.take(within: limit) { () throws(ContentStoreError) in
            try Self.take(path, mode, files)
        } refusal: {
            let holders = LockHolders.of(path)
            let who = holders.isEmpty ? "another envsnap" : holders.map(\.description).joined(separator: ", ")
            return "\(subject) is in use by \(who)"
        }
        descriptor = Mutex(taken)
    }

    deinit { release() }

    /// Lets go of the lock; nothing happens when it was released before.
    public func release() {
        descriptor.withLock { descriptor in
            try? descriptor?.close()
            descriptor = nil
        }
    }

    /// Lets go of the lock and removes its file, for a thing that is no more.
    public func releaseForGood() {
        // While it is held: who has opened the file meanwhile finds that it is no longer the one of the name.
        _ = path.withPlatformString { unlink($0) }
        release()
    }

    /// Takes the lock at once; nil when somebody holds one that excludes it.
    ///
    /// - Parameter files: Makes the file where there is none; nil where the path is there anyway.
    private static func take(
        _ path: FilePath, _ mode: StoreLock.Mode, _ files: FileOperations?
    ) throws(ContentStoreError) -> FileDescriptor? {
        while true {
            if let files, try FileStatus.of(path) == nil {
                do {
                    try files.create(path).close()
                } catch let error as Errno where error == .fileExists {
                    // Another process made it meanwhile.
                } catch {
                    throw .system("create", path, error as? Errno ?? .ioError)
                }
            }
            guard let descriptor = try FileLock.take(path, exclusively: mode == .exclusive) else { return nil }
            let status = try FileStatus.of(descriptor, at: path)
            // The one who had it may have removed the file: then this is a lock on nothing.
            if let named = try FileStatus.of(path), named.inode == status.inode, named.device == status.device {
                return descriptor
            }
            try? descriptor.close()
        }
    }
}

extension Store {
    /// Locks something by its name; the error `locked` names who holds a lock that excludes this one.
    ///
    /// - Parameters:
    ///   - name: What is locked, in the store's own terms.
    ///   - mode: Whether others may hold it as well.
    ///   - subject: What is locked, as a message says it.
    ///   - patience: How long to wait for somebody else's lock.
    public func lock(
        name: String, _ mode: StoreLock.Mode, subject: String, patience: LockPatience = .none
    ) throws(ContentStoreError) -> NameLock {
        guard let component = FilePath.Component(name), component.kind == .regular else {
            throw ContentStoreError(.misuse, "'\(name)' cannot be the name of a lock")
        }
        try StoreLayout.makeFolder(layout.locks, files: files)
        return try NameLock(
            layout.locks.appending(component), mode, subject: subject, within: patience.names, of: patience,
            files: files)
    }

    /// Whether somebody holds a lock on a name.
    public func isLocked(name: String) throws(ContentStoreError) -> Bool {
        let path = layout.locks.appending(name)
        guard try FileStatus.of(path) != nil else { return false }
        guard let descriptor = try FileLock.take(path, exclusively: true) else { return true }
        try? descriptor.close()
        return false
    }

    /// Locks the use of the store as such: shared by all who have it open, exclusive for who replaces its catalogue.
    public func lockUse(
        _ mode: StoreLock.Mode, patience: LockPatience = .none
    ) throws(ContentStoreError) -> NameLock {
        try NameLock(
            root, mode, subject: "the store \(root)", within: patience.limit(mode), of: patience, files: nil)
    }
}
