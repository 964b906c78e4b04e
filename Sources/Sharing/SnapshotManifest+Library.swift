// SPDX-License-Identifier: Apache-2.0

public import Catalogue
import OCI
public import Snapshots

extension SnapshotManifest {
    /// The manifest of a snapshot of the library, without the blobs that the bases have.
    ///
    /// - Throws: `SharingError` where it would be larger than registries and readers take.
    public init(
        of snapshot: SnapshotRecord, in library: SnapshotLibrary, since bases: [SnapshotRecord] = []
    ) throws {
        let there = Set(try bases.flatMap { try library.catalogue.blobs(of: $0.id) }.map(\.rawDigest))
        let blobs = try library.catalogue.blobs(of: snapshot.id).filter { !there.contains($0.rawDigest) }
        self.init(
            snapshot: snapshot.id, documentSize: snapshot.documentSize, blobs: blobs,
            bases: Set(bases.map(\.id)).sorted())
        guard bytes.count <= Self.largestSize else {
            throw SharingError(
                .badBundle, "the snapshot \(snapshot.id.short) has too many blobs for one manifest: \(blobs.count)")
        }
    }
}
