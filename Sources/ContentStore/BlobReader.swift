// SPDX-License-Identifier: Apache-2.0

import Hashing
public import OCI
import SystemPackage

/// A blob being read, hashed on the way.
///
/// The last piece is handed out only after the size and the digest of the whole were found right; otherwise
/// `damaged` is thrown in its place. So whoever has read to the end, until 0 bytes came, has read the right bytes;
/// whoever stops before knows nothing, and must undo what he did with the pieces when `damaged` comes.
public final class BlobReader {
    /// When the bytes are verified.
    public enum Verification: Hashable, Sendable {
        /// While they are handed out, before the last piece.
        case whileReading
        /// All of them before the first is handed out, and again on the way; for uses that cannot be undone.
        case beforeReading
    }

    /// The digest of the bytes.
    public let digest: Digest
    /// The number of bytes.
    public let size: Int64

    private let file: VerifiedFile

    init(
        _ path: FilePath, digest: Digest, expectedSize: Int64?, verification: Verification
    ) throws(ContentStoreError) {
        file = try VerifiedFile(path, digest: digest, expectedSize: expectedSize)
        self.digest = digest
        size = file.size
        if verification == .beforeReading { try file.verifyAll() }
    }

    /// Reads some bytes and says how many: 0 at the end, when all were verified.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(ContentStoreError) -> Int {
        try file.read(into: buffer)
    }

    /// Reads at most the given number of bytes; none at the end, when all were verified.
    public func readChunk(upTo count: Int = 1 << 20) throws(ContentStoreError) -> [UInt8] {
        try file.readChunk(upTo: count)
    }
}
