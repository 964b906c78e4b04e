// SPDX-License-Identifier: Apache-2.0

import Hashing
public import OCI
import SystemPackage

extension Transaction {
    /// Writes an environment document, and gives the digest that names it and its snapshot.
    ///
    /// The blobs to which it refers must be in the store before.
    public func writeDocument(_ bytes: some Collection<UInt8>) throws(ContentStoreError) -> Digest {
        let bytes = Array(bytes)
        let id = try ContentStoreError.hashing { () throws(HashingError) in try SHA256Hasher.digest(of: bytes) }
        let target = layout.document(id)
        if let present = try FileStatus.of(target), present.isRegular, present.size == bytes.count {
            try DurableFile.synchronizeFolder(of: target, files: files)
            return id
        }
        let file = try DurableFile(creating: try nextPath(), files: files)
        try bytes.withUnsafeBufferPointer { (bytes) throws(ContentStoreError) in
            try file.write(UnsafeRawBufferPointer(bytes))
        }
        try file.publish(at: target)
        return id
    }
}
