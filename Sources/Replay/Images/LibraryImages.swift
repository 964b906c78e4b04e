// SPDX-License-Identifier: Apache-2.0
import Archive
import Catalogue
import LiveEnvironment
import OCI
import Snapshots

/// The blobs of images in the store.
struct LibraryImages: ImageContents {
    private let library: SnapshotLibrary

    init(_ library: SnapshotLibrary) { self.library = library }

    func read(_ blob: Digest) throws -> [UInt8] { try library.readBlob(blob) }

    func open(_ blob: Digest) throws -> ImageBlob {
        let source = try library.openBlob(blob)
        return ImageBlob(size: source.size) { sink in
            while let chunk = try source.readChunk() { try chunk.withUnsafeBytes { try sink($0) } }
        }
    }

    func sizes(of blobs: [Digest]) throws -> [Digest: Int64] {
        try library.knownBlobs(blobs).mapValues(\.rawSize)
    }
}
