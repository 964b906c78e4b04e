// SPDX-License-Identifier: Apache-2.0
// https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#pull

import Catalogue
public import EnvironmentModel
import Hashing
public import OCI
public import Snapshots
public import Steps

/// Fetches a snapshot from a registry: the manifest, the document, and the blobs that the library lacks.
public struct RegistryPuller: Sendable {
    private let reference: RegistryReference
    private let options: RegistryOptions
    private let report: StepReport

    /// A puller of a reference.
    public init(_ reference: RegistryReference, options: RegistryOptions, report: StepReport) {
        self.reference = reference
        self.options = options
        self.report = report
    }

    /// Reads the document alone; blocks.
    public func look(cancellation: Cancellation) throws -> (document: EnvironmentDocument, id: Digest) {
        try RegistryProblem.explaining(reference, "pull from") {
            let session = try session(cancellation)
            let (manifest, bytes) = try head(over: RegistryConnection(session))
            return (try SnapshotReceiver.verifiedDocument(bytes, manifest), manifest.snapshot)
        }
    }

    /// Brings the snapshot into the library; blocks.
    ///
    /// After a failure the next pull goes on with what has come.
    ///
    /// - Throws: `SharingError` with the next step, or what the store throws; then the library shows nothing of it.
    public func pull(
        into library: SnapshotLibrary, receivedAt: String, cancellation: Cancellation
    ) throws -> ReceivedSnapshot {
        try RegistryProblem.explaining(reference, "pull from") {
            let session = try session(cancellation)
            let (manifest, bytes) = try head(over: RegistryConnection(session))
            let receiver = try SnapshotReceiver(manifest, document: bytes, library: library)
            do {
                try receiver.recoverPartialFiles()
                try fetch(try receiver.missingBlobs(), over: session, to: receiver)
                try cancellation.check()
                return try receiver.commit(
                    origin: SnapshotOrigin(kind: .pulled, source: reference.description, receivedAt: receivedAt))
            } catch {
                receiver.leave()
                throw error
            }
        }
    }

    private func session(_ cancellation: Cancellation) throws -> RegistrySession {
        try RegistrySession(reference, for: .pull, options: options, cancellation: cancellation, report: report)
    }

    /// The manifest and the document's bytes.
    private func head(over connection: RegistryConnection) throws -> (manifest: SnapshotManifest, document: [UInt8]) {
        let bytes = try connection.read(
            "manifests/\(reference.tag)", accept: [.imageManifest, .imageIndex, .dockerManifest, .dockerManifestList],
            limit: SnapshotManifest.largestSize)
        if let pinned = reference.digest, try SHA256Hasher.digest(of: bytes) != pinned {
            throw SharingError(.badBundle, "the registry's manifest is not the one that \(reference) names")
        }
        let manifest = try SnapshotManifest(parsing: bytes)
        let document = try connection.read("blobs/\(manifest.snapshot)", limit: Int(manifest.documentSize))
        return (manifest, document)
    }

    private func fetch(_ blobs: [BlobRecord], over session: RegistrySession, to receiver: SnapshotReceiver) throws {
        let progress = report.begin("pulling", bytes: blobs.reduce(0) { $0 + $1.storedSize })
        defer { progress.end() }
        try Workers.run(blobs.sorted { $0.storedSize > $1.storedSize }, count: options.connections) {
            () throws -> (BlobRecord) throws -> Void in
            let connection = try RegistryConnection(session)
            return { try fetch($0, over: connection, to: receiver, progress) }
        }
    }

    private func fetch(
        _ blob: BlobRecord, over connection: RegistryConnection, to receiver: SnapshotReceiver,
        _ progress: StepMeter
    ) throws {
        if try receiver.takePresent(blob) { return progress.add(blob.storedSize) }
        let wasBegun = receiver.hasPartialFile(of: blob)
        func download() throws {
            try BlobDownload(
                connection: connection, digest: blob.storedDigest, size: blob.storedSize,
                file: receiver.partialFile(of: blob), progress: progress.add
            ).run()
            try receiver.receiveFile(of: blob)
        }
        do { try download() } catch let error as SharingError where error.code == .badBundle && wasBegun {
            // What an earlier run had left may be what is wrong; it is gone now.
            try download()
        }
    }
}
