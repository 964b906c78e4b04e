// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage

/// flock(2) on a file or folder.
enum FileLock {
    /// Takes a lock at once; nil when somebody holds one that excludes it.
    ///
    /// The descriptor returned holds the lock; closing it lets go.
    static func take(_ path: FilePath, exclusively: Bool) throws(ContentStoreError) -> FileDescriptor? {
        try lock(path, (exclusively ? LOCK_EX : LOCK_SH) | LOCK_NB)
    }

    /// Takes a lock, waiting for it; meant for locks that are held for a moment.
    static func wait(_ path: FilePath, exclusively: Bool) throws(ContentStoreError) -> FileDescriptor {
        guard let descriptor = try lock(path, exclusively ? LOCK_EX : LOCK_SH) else {
            throw .system("lock", path, .wouldBlock)
        }
        return descriptor
    }

    private static func lock(_ path: FilePath, _ operation: Int32) throws(ContentStoreError) -> FileDescriptor? {
        let descriptor: FileDescriptor
        do {
            descriptor = try openDescriptor(path, O_RDONLY)
        } catch {
            throw .system("open", path, error)
        }
        while flock(descriptor.rawValue, operation) != 0 {
            let reason = Errno(rawValue: errno)
            if reason == .interrupted { continue }
            try? descriptor.close()
            if reason == .wouldBlock { return nil }
            throw .system("lock", path, reason)
        }
        return descriptor
    }
}
