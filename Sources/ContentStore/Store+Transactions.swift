// SPDX-License-Identifier: Apache-2.0

import SystemPackage

extension Store {
    /// Locks the store; the error `locked` names who holds a lock that excludes this one.
    public func lock(
        _ mode: StoreLock.Mode, patience: LockPatience = .none
    ) throws(ContentStoreError) -> StoreLock {
        try StoreLock(layout, mode, patience: patience)
    }

    /// Begins a transaction, which keeps the lock until it ends.
    public func begin(under lock: StoreLock) throws(ContentStoreError) -> Transaction {
        try Transaction(layout, files: files, under: lock)
    }

    /// Removes what transactions left behind that ended without cleaning up, and gives their names.
    ///
    /// Live ones are known by their locks and left alone, so any time is right for this; one that begins meanwhile
    /// waits until the sweep is over.
    ///
    /// - Parameter spared: The names of dead ones that are still needed.
    @discardableResult
    public func sweep(sparing spared: Set<String> = []) throws(ContentStoreError) -> [String] {
        let noneBegins = try FileLock.wait(layout.transactions, exclusively: true)
        defer { try? noneBegins.close() }
        var swept: [String] = []
        for name in try Folder.names(in: layout.transactions) where !spared.contains(name.string) {
            let folder = layout.transactions.appending(name)
            let lockPath = folder.appending(Transaction.lockName)
            var lock: FileDescriptor?
            if let status = try FileStatus.of(folder), status.isFolder, try FileStatus.of(lockPath) != nil {
                lock = try FileLock.take(lockPath, exclusively: true)
                if lock == nil { continue }
            }
            defer { try? lock?.close() }
            try Folder.remove(folder)
            swept.append(name.string)
        }
        return swept.sorted()
    }
}
