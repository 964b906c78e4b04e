// SPDX-License-Identifier: Apache-2.0

public import Catalogue
import OCI
public import Snapshots
public import Steps

/// Takes the snapshot of a bundle into the library.
public struct BundleImporter: Sendable {
    private let library: SnapshotLibrary
    private let report: StepReport

    /// An importer into a library.
    public init(library: SnapshotLibrary, report: StepReport) {
        self.library = library
        self.report = report
    }

    /// Reads all of a bundle, without the blobs that the library has already; blocks.
    ///
    /// - Throws: `SharingError` and what the store throws; then the library shows nothing of it.
    public func take(
        _ bundle: BundleReader, origin: SnapshotOrigin, cancellation: Cancellation
    ) throws -> ReceivedSnapshot {
        let receiver = try SnapshotReceiver(bundle.manifest, document: bundle.documentBytes, library: library)
        defer { receiver.end() }
        let missing = Set(try receiver.missingBlobs())
        let progress = report.begin("importing", bytes: bundle.manifest.storedSize)
        defer { progress.end() }
        try bundle.readBlobs { blob, source in
            guard missing.contains(blob), try !receiver.takePresent(blob) else {
                return progress.add(blob.storedSize)
            }
            try receiver.receive(blob) { buffer in
                try cancellation.check()
                let count = try source(buffer)
                progress.add(Int64(count))
                return count
            }
        }
        try cancellation.check()
        return try receiver.commit(origin: origin)
    }
}
