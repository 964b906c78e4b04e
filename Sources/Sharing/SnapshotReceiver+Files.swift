// SPDX-License-Identifier: Apache-2.0

import Archive
import Catalogue
import ContentStore
import Foundation
import Glibc
import OCI
import Snapshots
import SystemPackage

/// Blobs that come in pieces, and stay between two runs.
///
/// The file of a blob that is not whole yet lies in the transaction's folder. A transfer that fails leaves the folder,
/// and the next one takes the files over; `gc` removes what no transfer came back for.
extension SnapshotReceiver {
    private static let prefix = "partial-"

    /// Where the bytes of a blob are gathered.
    func partialFile(of blob: BlobRecord) -> FilePath {
        transaction.folder.appending(Self.prefix + blob.storedDigest.hex)
    }

    /// Whether bytes of a blob are there from an earlier run.
    func hasPartialFile(of blob: BlobRecord) -> Bool {
        FileManager.default.fileExists(atPath: partialFile(of: blob).string)
    }

    /// Takes over the files of transfers that failed.
    func recoverPartialFiles() throws {
        let wanted = Set(manifest.blobs.map { Self.prefix + $0.storedDigest.hex })
        for folder in try library.store.deadTransactions() {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? []
            for name in names where wanted.contains(name) {
                // Of two transfers that want it, one gets it.
                _ = rename(folder.appending(name).string, transaction.folder.appending(name).string)
            }
        }
    }

    /// Stores a blob whose bytes were gathered in its file, verified.
    func receiveFile(of blob: BlobRecord) throws {
        try explaining(blob) {
            try transaction.putReceived(blob, fileNamed: Self.prefix + blob.storedDigest.hex)
        }
    }

    /// Ends without the snapshot, and leaves what has come for the next run.
    func leave() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: transaction.folder.string)) ?? []
        if names.contains(where: { $0.hasPrefix(Self.prefix) }) { transaction.leave() } else { transaction.end() }
    }
}
