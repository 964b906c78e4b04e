// SPDX-License-Identifier: Apache-2.0

public import Archive
import Catalogue
import ContentStore
import EnvironmentModel
import Hashing
public import OCI
import Snapshots
public import Steps

/// Reads what is about to be given away, or was written to be, and searches all of it for the secrets that were replaced.
///
/// It shares nothing with the editor but the ways of writing a secret. Whatever it finds in what is covered stops the
/// export; image layers are searched as well, and what they hold is reported.
public struct EgressGate {
    private let redacted: RedactedSnapshot
    private let search: SecretSearch
    private let cancellation: Cancellation
    private let progress: StepReport

    /// A gate for a redacted snapshot.
    public init(
        _ redacted: RedactedSnapshot, cancellation: Cancellation, progress: StepReport
    ) {
        self.redacted = redacted
        self.cancellation = cancellation
        self.progress = progress
        search = SecretSearch(redacted.report.values, and: redacted.replacedVerifiers)
    }

    /// Searches the snapshot in its library; gives the layers that hold one of the secrets.
    ///
    /// - Throws: `SharingError` with `.secretLeft`.
    public func checkLibrary() throws -> [Digest] {
        let library = redacted.library
        let manifest = try SnapshotManifest(of: redacted.snapshot, in: library)
        let text = try library.store.readDocument(redacted.snapshot.id)
        return try check(text, manifest) { body in
            for blob in manifest.blobs {
                let reader = try library.store.openBlob(blob.storedDigest, expectedSize: blob.storedSize)
                try body(blob) { try reader.read(into: $0) }
            }
        }
    }

    /// Reads a bundle as an import does and searches it; gives the layers that hold one of the secrets.
    ///
    /// - Throws: `SharingError` with `.secretLeft`, or where the bundle is not what was to be written.
    public func checkBundle(from source: @escaping ByteSource) throws -> [Digest] {
        let bundle = try BundleReader(source: source)
        guard bundle.manifest.snapshot == redacted.snapshot.id else {
            throw SharingError(.badBundle, "the bundle that was written holds another snapshot", hint: "try again")
        }
        _ = try bundle.document()
        return try check(bundle.documentBytes, bundle.manifest) { try bundle.readBlobs($0) }
    }

    private func check(
        _ text: [UInt8], _ manifest: SnapshotManifest,
        _ forEachBlob: ((BlobRecord, @escaping ByteSource) throws -> Void) throws -> Void
    ) throws -> [Digest] {
        progress("searching what was written for secrets")
        if search.findsInJSON(text) { throw Self.left(in: "the environment document") }
        let document = try redacted.library.document(redacted.snapshot.id)
        let images = document.engine.enginesWithPaths().flatMap(\.engine.images)
        let layers = Set(images.flatMap { $0.layerBlobs.isEmpty ? $0.layers : $0.layerBlobs })
        for digest in Set(images.flatMap { [$0.config] + $0.manifests }).sorted() {
            if search.findsInJSON(try redacted.library.readBlob(digest)) {
                throw Self.left(in: "the image \(digest.short)")
            }
        }
        var holding: [Digest] = []
        try forEachBlob { blob, stored in
            let isFound = try verified(blob, stored) { try holdsSecret(blob, $0) }
            guard isFound else { return }
            guard layers.contains(blob.rawDigest) else { throw Self.left(in: "the blob \(blob.rawDigest.short)") }
            holding.append(blob.rawDigest)
        }
        // Chunks may cut a secret in two: archives are searched as they are put together again.
        for archive in document.distinctArchives {
            let source = try redacted.library.archiveBytes(archive.data)
            if try search.finds(in: source, cancellation) { throw Self.left(in: archive.name) }
        }
        return holding.sorted()
    }

    private func holdsSecret(_ blob: BlobRecord, _ stored: @escaping ByteSource) throws -> Bool {
        // What a pack holds is compressed chunk by chunk, and searched with the archives.
        guard blob.encoding == .zstd else { return try search.finds(in: stored, cancellation) }
        let decompressor = try ZstdDecompressor(limit: blob.rawSize, source: stored)
        let raw: ByteSource = { try decompressor.read(into: $0) }
        return try search.finds(in: try LayerSource.uncompressed(raw), cancellation)
    }

    /// Runs the body with a blob's bytes, and makes sure that they are the blob's.
    private func verified(
        _ blob: BlobRecord, _ source: @escaping ByteSource, _ body: (@escaping ByteSource) throws -> Bool
    ) throws -> Bool {
        let hasher = try SHA256Hasher()
        let hashed: ByteSource = { buffer in
            let count = try source(buffer)
            hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            return count
        }
        let isFound = try body(hashed)
        var rest = [UInt8](repeating: 0, count: 1 << 16)
        while try rest.withUnsafeMutableBytes({ try hashed($0) }) > 0 {}
        guard try hasher.finalize() == blob.storedDigest else {
            throw SharingError(
                .badBundle, "what was written is not what was to be written", hint: "look at the disk, and try again")
        }
        return isFound
    }

    private static func left(in place: String) -> SharingError {
        SharingError(
            .secretLeft, "a secret that was to be replaced is still in \(place); nothing was given away",
            hint:
                "it may be in a file's name or written in an unusual way: leave it out with capture --exclude, or use "
                + "--encrypt-to")
    }
}
