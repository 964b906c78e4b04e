// SPDX-License-Identifier: Apache-2.0
// https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#push

public import Catalogue
import ContentStore
import HTTPTransfer
import Hashing
public import OCI
public import Snapshots
public import Steps
import Synchronization

/// Sends a snapshot to a registry: the blobs that it lacks, the document, and then the manifest.
public struct RegistryPusher: Sendable {
    /// What a push did.
    public struct Report: Sendable {
        /// The digest of the manifest, by which the reference can be pinned.
        public let manifest: Digest
        /// How many blobs were sent, the document among them.
        public internal(set) var sent = 0
        /// How many were taken over from another repository of the registry.
        public internal(set) var mounted = 0
        /// How many were there already.
        public internal(set) var present = 0
        /// How many bytes were sent.
        public internal(set) var bytes: Int64 = 0
    }

    private let snapshot: SnapshotRecord
    private let library: SnapshotLibrary
    private let options: RegistryOptions
    private let report: StepReport

    /// A pusher of a snapshot.
    public init(
        _ snapshot: SnapshotRecord, library: SnapshotLibrary, options: RegistryOptions,
        report: StepReport
    ) {
        self.snapshot = snapshot
        self.library = library
        self.options = options
        self.report = report
    }

    /// Sends what the registry lacks; blocks.
    ///
    /// - Throws: `SharingError` with the next step, or `ContentStoreError` where the store is damaged.
    public func push(to reference: RegistryReference, cancellation: Cancellation) throws -> Report {
        guard reference.digest == nil else {
            throw SharingError(.badReference, "a push needs a tag, not a digest", hint: "its digest is told afterwards")
        }
        return try RegistryProblem.explaining(reference, "push to") {
            let lock = try library.lock(.shared)
            defer { lock.release() }
            return try send(to: reference, cancellation)
        }
    }

    private func send(to reference: RegistryReference, _ cancellation: Cancellation) throws -> Report {
        let manifest = try SnapshotManifest(of: snapshot, in: library)
        let session = try RegistrySession(
            reference, for: .push, mountingFrom: otherRepository(reference), options: options,
            cancellation: cancellation, report: report)
        let bytes = manifest.bytes
        let account = Account(Report(manifest: try SHA256Hasher.digest(of: bytes)))
        let progress = report.begin("pushing", bytes: manifest.storedSize)
        defer { progress.end() }
        let largestFirst = manifest.blobs.sorted { $0.storedSize > $1.storedSize }
        try Workers.run(largestFirst, count: options.connections) { () throws -> (BlobRecord) throws -> Void in
            let connection = try RegistryConnection(session)
            return { blob in
                let upload = BlobUpload(blob.storedDigest, size: blob.storedSize, over: connection) {
                    let reader = try library.store.openBlob(blob.storedDigest, expectedSize: blob.storedSize)
                    return { try reader.read(into: $0) }
                }
                let outcome = try upload.run()
                account.count(outcome, blob.storedSize)
                progress.add(blob.storedSize)
            }
        }
        let connection = try RegistryConnection(session)
        let document = try library.store.readDocument(snapshot.id)
        let outcome = try BlobUpload(snapshot.id, size: Int64(document.count), over: connection) {
            HTTPRequest.body(document).source
        }.run()
        account.count(outcome, Int64(document.count))
        try session.retries.run {
            try connection.send(expecting: [201]) {
                HTTPRequest(
                    "PUT", connection.address("manifests/\(reference.tag)"),
                    headers: [("Content-Type", MediaType.imageManifest.rawValue)], body: HTTPRequest.body(bytes))
            }
        }
        return account.report
    }

    /// The repository that the snapshot was pulled from, where it is another one of the same registry.
    private func otherRepository(_ reference: RegistryReference) -> String? {
        guard let origin = snapshot.origin, origin.kind == .pulled,
            let source = try? RegistryReference(parsing: origin.source), source.host == reference.host,
            source.repository != reference.repository
        else { return nil }
        return source.repository
    }
}

/// Counts what the connections do.
private final class Account: Sendable {
    private let state: Mutex<RegistryPusher.Report>

    init(_ report: RegistryPusher.Report) { state = Mutex(report) }

    var report: RegistryPusher.Report { state.withLock { $0 } }

    func count(_ outcome: BlobUpload.Outcome, _ size: Int64) {
        state.withLock { report in
            switch outcome {
            case .wasThere: report.present += 1
            case .mounted: report.mounted += 1
            case .sent:
                report.sent += 1
                report.bytes += size
            }
        }
    }
}
