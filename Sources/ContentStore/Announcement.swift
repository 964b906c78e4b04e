// SPDX-License-Identifier: Apache-2.0
// A document and its row in the catalogue cannot come or go in one step. What is written down here tells a document
// whose row is on its way, or has just gone, from one whose row was lost.

public import OCI
import SystemPackage

extension Transaction {
    static let announcementName = "document"

    /// Notes, durably, that a document is about to come or to go; valid until the transaction ends.
    public func announce(_ id: Digest) throws(ContentStoreError) {
        let file = try DurableFile(creating: try nextPath(), files: files)
        try Array(id.hex.utf8).withUnsafeBufferPointer { (bytes) throws(ContentStoreError) in
            try file.write(UnsafeRawBufferPointer(bytes))
        }
        try file.publish(at: folder.appending(Self.announcementName))
        try DurableFile.synchronizeFolder(of: folder, files: files)
    }
}

extension Store {
    /// The documents that transactions have announced which live, or left it behind when they died.
    public func announcedDocuments() throws(ContentStoreError) -> Set<Digest> {
        var announced: Set<Digest> = []
        for name in try Folder.names(in: layout.transactions) {
            if let id = announcement(in: layout.transactions.appending(name)) { announced.insert(id) }
        }
        return announced
    }

    /// The document that a transaction has announced.
    private func announcement(in folder: FilePath) -> Digest? {
        let path = folder.appending(Transaction.announcementName)
        guard let descriptor = try? openDescriptor(path, 0) else { return nil }
        defer { try? descriptor.close() }
        let bytes = [UInt8](unsafeUninitializedCapacity: 65) { buffer, count in
            count = (try? descriptor.read(into: UnsafeMutableRawBufferPointer(buffer))) ?? 0
        }
        return try? Digest(hex: String(decoding: bytes, as: UTF8.self))
    }
}
