// SPDX-License-Identifier: Apache-2.0

import CArchive

/// Compresses a stream into one gzip member (RFC 1952), for readers that know nothing better.
public final class GzipCompressor {
    private let handle: WriteHandle

    /// A compressor of a level from 1 to 9 that gives its output to `sink` in chunks of up to 256 KiB.
    public init(level: Int = 1, sink: @escaping ByteSink) throws {
        handle = try WriteHandle(sink: sink)
        try handle.begin(.gzip, level: level)
    }

    /// Compresses the bytes.
    public func write(_ bytes: UnsafeRawBufferPointer) throws {
        if !bytes.isEmpty { try handle.write(bytes) }
    }

    /// Ends the member; without it the stream reads as truncated.
    public func finish() throws { try handle.close() }
}
