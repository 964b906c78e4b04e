// SPDX-License-Identifier: Apache-2.0

public import Archive
public import Catalogue
import ContentStore
import Hashing
import OCI
public import Snapshots
public import Steps

/// Writes a snapshot as a bundle: an OCI image layout in one uncompressed tar.
///
/// `docs/sharing.md` has the format. The order of the members lets a reader verify each before it uses it.
public struct BundleWriter: Sendable {
    /// What the bundle holds.
    public let manifest: SnapshotManifest
    /// The signature that it carries.
    public private(set) var signature: BundleSignature?
    private let library: SnapshotLibrary
    private let report: StepReport

    /// A bundle of a snapshot, without the blobs that the bases have.
    public init(
        _ snapshot: SnapshotRecord, since bases: [SnapshotRecord], library: SnapshotLibrary,
        report: StepReport
    ) throws {
        manifest = try SnapshotManifest(of: snapshot, in: library, since: bases)
        self.library = library
        self.report = report
    }

    /// Signs the snapshot with a key, by `ssh-keygen`; blocks.
    public mutating func sign(key: String, environment: [String: String]) throws {
        signature = try BundleSignature.make(
            of: SHA256Hasher.digest(of: manifest.bytes), key: key, environment: environment)
    }

    /// Writes all of it and verifies each blob on the way; blocks.
    ///
    /// - Throws: `ContentStoreError` where the store is damaged, or the sink's error; then what was written is worthless.
    public func write(to sink: @escaping ByteSink, cancellation: Cancellation) throws {
        let lock = try library.lock(.shared)
        defer { lock.release() }
        let manifestBytes = manifest.bytes
        let digest = try SHA256Hasher.digest(of: manifestBytes)
        let tar = PaxWriter(sink: sink)
        func member(_ name: String, _ bytes: [UInt8]) throws {
            try tar.append(BundleLayout.entry(name, size: Int64(bytes.count)), bytes: bytes)
        }
        try member(BundleLayout.marker, BundleLayout.markerBytes)
        try member(
            BundleLayout.index,
            BundleLayout.indexBytes(
                manifest: digest, size: manifestBytes.count, of: manifest.snapshot, signature: signature))
        try member(BundleLayout.blob(digest), manifestBytes)
        try member(BundleLayout.blob(manifest.snapshot), try library.store.readDocument(manifest.snapshot))
        let progress = report.begin("exporting", bytes: manifest.storedSize)
        defer { progress.end() }
        for blob in manifest.blobs { try append(blob, to: tar, progress, cancellation) }
        try tar.finish()
    }

    private func append(
        _ blob: BlobRecord, to tar: PaxWriter, _ progress: StepMeter, _ cancellation: Cancellation
    ) throws {
        let reader = try library.store.openBlob(blob.storedDigest, expectedSize: blob.storedSize)
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        try tar.append(BundleLayout.entry(BundleLayout.blob(blob.storedDigest), size: blob.storedSize)) { write in
            try buffer.withUnsafeMutableBytes { buffer in
                while case let count = try reader.read(into: buffer), count > 0 {
                    try cancellation.check()
                    try write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                    progress.add(Int64(count))
                }
            }
        }
    }
}
