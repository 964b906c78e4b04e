// SPDX-License-Identifier: Apache-2.0

public import OCI
import SystemPackage

extension Store {
    /// Reads an environment document, verified against the digest that names it.
    public func readDocument(_ id: Digest, limit: Int = 256 << 20) throws(ContentStoreError) -> [UInt8] {
        try VerifiedFile(layout.document(id), digest: id).readAll(limit: limit)
    }

    /// Whether there is an environment document; what is in it is not looked at.
    public func hasDocument(_ id: Digest) throws(ContentStoreError) -> Bool {
        try FileStatus.of(layout.document(id)) != nil
    }

    /// The digests of all environment documents, in order.
    public func documentIDs() throws(ContentStoreError) -> [Digest] {
        try Folder.names(in: layout.documents).compactMap { name in
            guard name.string.hasSuffix(StoreLayout.documentSuffix) else { return nil }
            return try? Digest(hex: name.string.dropLast(StoreLayout.documentSuffix.count))
        }.sorted()
    }

    /// Removes an environment document, after its row was removed from the catalogue; that there is none is fine.
    ///
    /// The folder is synchronised: a document that came back after a power loss would bring its snapshot back when
    /// the catalogue is rebuilt.
    public func removeDocument(_ id: Digest, under lock: StoreLock) throws(ContentStoreError) {
        guard lock.holds(layout) else {
            throw ContentStoreError(.misuse, "removing a document needs a lock on \(root) that is still held")
        }
        let path = layout.document(id)
        try remove(path)
        try DurableFile.synchronizeFolder(of: path, files: files)
    }
}
