// SPDX-License-Identifier: Apache-2.0
// flock(2): the kernel lets go of the lock when its holder ends, however it ends, so there is no stale lock to judge.

import Glibc
import Synchronization
import SystemPackage

/// A lock on the whole store, held until it is released or dropped.
public final class StoreLock: Sendable {
    /// What else the lock lets happen.
    public enum Mode: Hashable, Sendable {
        /// Any number may read and add at the same time; nothing is removed meanwhile.
        case shared
        /// Nobody else reads, adds or removes meanwhile.
        case exclusive
    }

    /// What else the lock lets happen.
    public let mode: Mode

    private let root: FilePath
    private let descriptor: Mutex<FileDescriptor?>

    /// Takes the lock as soon as nobody holds one that excludes it.
    init(_ layout: StoreLayout, _ mode: Mode, patience: LockPatience) throws(ContentStoreError) {
        let path = layout.lock
        let taken = try patience.take(within: patience.limit(mode)) { () throws(ContentStoreError) in
            try FileLock.take(path, exclusively: mode == .exclusive)
        } refusal: {
            Self.refusal(mode, layout.root, LockHolders.of(path))
        }
        self.mode = mode
        self.root = layout.root
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

    /// Whether this is a lock on the given store that is still held.
    func holds(_ layout: StoreLayout) -> Bool {
        root == layout.root && descriptor.withLock { $0 != nil }
    }

    private static func refusal(_ mode: Mode, _ root: FilePath, _ holders: [LockHolders.Holder]) -> String {
        let who = holders.isEmpty ? "another envsnap" : holders.map(\.description).joined(separator: ", ")
        let why =
            switch mode {
            case .shared: "is removing blobs from it"
            case .exclusive: "is using it"
            }
        return "the store \(root) is locked: \(who) \(why)"
    }
}
