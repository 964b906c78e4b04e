// SPDX-License-Identifier: Apache-2.0

public import SystemPackage

extension Store {
    /// The folders of transactions that ended without cleaning up; a sweep would remove them.
    ///
    /// What a transaction noted in its folder can be read there before the sweep.
    public func deadTransactions() throws(ContentStoreError) -> [FilePath] {
        let noneBegins = try FileLock.wait(layout.transactions, exclusively: true)
        defer { try? noneBegins.close() }
        var dead: [FilePath] = []
        for name in try Folder.names(in: layout.transactions) {
            let folder = layout.transactions.appending(name)
            // One that was killed before it had its lock noted nothing.
            guard (try? FileStatus.of(folder.appending(Transaction.lockName))) != nil else { continue }
            guard let lock = try FileLock.take(folder.appending(Transaction.lockName), exclusively: true) else {
                continue
            }
            try? lock.close()
            dead.append(folder)
        }
        return dead
    }
}
