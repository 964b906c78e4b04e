// SPDX-License-Identifier: Apache-2.0

import CArchive

/// Decompresses a gzip stream (RFC 1952).
public final class GzipDecompressor {
    private let handle: ReadHandle

    /// A decompressor of what `source` gives.
    ///
    /// - Throws: `ArchiveError` where that does not begin as a gzip stream.
    public init(source: @escaping ByteSource) throws {
        handle = try ReadHandle(source: source)
        // Named and not detected: what is not gzip would pass as it is.
        archive_read_support_format_raw(handle.archive)
        guard archive_read_append_filter(handle.archive, ARCHIVE_FILTER_GZIP) == ARCHIVE_OK else {
            throw handle.error()
        }
        try handle.open()
        var entry: OpaquePointer?
        let handle = handle
        guard try handle.call({ archive_read_next_header(handle.archive, &entry) }) == ARCHIVE_OK else {
            throw handle.error()
        }
    }

    /// Fills a part of the buffer and says how much; 0 is the end of the stream.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let handle = handle
        let count = try handle.call { archive_read_data(handle.archive, buffer.baseAddress, buffer.count) }
        guard count >= 0 else { throw handle.error() }
        return count
    }
}
