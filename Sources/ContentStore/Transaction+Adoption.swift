// SPDX-License-Identifier: Apache-2.0

import Hashing
public import OCI
import SystemPackage

extension Transaction {
    /// Puts into the store a file that another process finished writing in the transaction's folder.
    ///
    /// The bytes are read and hashed here: what the other process says of them is not believed.
    public func adoptBlob(
        fileNamed name: String, expected: Digest? = nil, expectedSize: Int64? = nil
    ) throws(ContentStoreError) -> StoredBlob {
        guard let component = FilePath.Component(name), component.kind == .regular, name != Self.lockName else {
            throw ContentStoreError(.misuse, "'\(name)' is not the name of a file in a transaction's folder")
        }
        let path = folder.appending(component)
        guard let status = try FileStatus.of(path), status.isRegular else {
            throw ContentStoreError(.missing, "no file was written at \(path)")
        }
        try StoreLayout.verifyOwner(status, path)
        let file = try DurableFile(adopting: path, files: files)
        let hasher = try ContentStoreError.hashing { () throws(HashingError) in try SHA256Hasher() }
        let size = try file.readAll { hasher.update($0) }
        let digest = try ContentStoreError.hashing { () throws(HashingError) in try hasher.finalize() }
        return try publish(file, digest: digest, size: size, expected: expected, expectedSize: expectedSize)
    }

    /// Publishes a finished file as a blob, unless the store has it or it is not what was expected.
    func publish(
        _ file: DurableFile, digest: Digest, size: Int64, expected: Digest?, expectedSize: Int64?
    ) throws(ContentStoreError) -> StoredBlob {
        if let expected, expected != digest {
            file.discard()
            throw ContentStoreError(
                .mismatch, "the bytes read are \(digest), not \(expected) as announced; nothing was stored, try again",
                digest: expected)
        }
        if let expectedSize, expectedSize != size {
            file.discard()
            throw ContentStoreError(
                .mismatch, "\(size) bytes were read for \(digest), not \(expectedSize); nothing was stored, try again",
                digest: digest)
        }
        let target = layout.blob(digest)
        // A file of the right size is the blob, whoever wrote it; a damaged one is found by reading, not here. Its
        // name may not be on the disk yet when another process has only just given it.
        if let present = try FileStatus.of(target), present.isRegular, present.size == size {
            file.discard()
            try DurableFile.synchronizeFolder(of: target, files: files)
            return StoredBlob(digest: digest, size: size, isNew: false)
        }
        try file.publish(at: target)
        return StoredBlob(digest: digest, size: size, isNew: true)
    }
}
