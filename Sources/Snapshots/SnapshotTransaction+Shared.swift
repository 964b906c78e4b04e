// SPDX-License-Identifier: Apache-2.0
public import Catalogue
import ContentStore
import Glibc
import OCI
import SystemPackage

extension SnapshotTransaction {
    /// Takes over a blob of another library: its file gets a second name where both are on one file system, else it is
    /// copied.
    ///
    /// What a second name stands for is not read here; whoever reads it verifies it, as always.
    public func share(_ record: BlobRecord, of other: SnapshotLibrary) throws {
        let (source, target) = (other.store.blobPath(record.storedDigest), library.store.blobPath(record.storedDigest))
        if link(source.string, target.string) == 0 || errno == EEXIST { return register(record, isNew: true) }
        let reader = try other.store.openBlob(record.storedDigest, expectedSize: record.storedSize)
        try putReceived(record) { try reader.read(into: $0) }
    }
}
