// SPDX-License-Identifier: Apache-2.0
public import Archive
public import OCI

/// Gives the blobs of images: their configurations, manifests and layers.
public protocol ImageContents: Sendable {
    /// A small blob as a whole.
    func read(_ blob: Digest) throws -> [UInt8]

    /// A blob of any size, which is read when its writer is called.
    func open(_ blob: Digest) throws -> ImageBlob

    /// The sizes of blobs in bytes; one that is not known has no entry.
    func sizes(of blobs: [Digest]) throws -> [Digest: Int64]
}

/// A blob whose bytes are about to be written somewhere.
public struct ImageBlob {
    /// Its size in bytes.
    public let size: Int64
    /// Hands its bytes on; throws where they are not what its digest says.
    public let write: (ByteSink) throws -> Void

    /// A blob of a size, and what writes it.
    public init(size: Int64, write: @escaping (ByteSink) throws -> Void) {
        self.size = size
        self.write = write
    }
}
