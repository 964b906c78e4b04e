// SPDX-License-Identifier: Apache-2.0

import CArchive

/// Compresses a stream into one zstd frame; the same bytes, level and library give the same frame.
public final class ZstdCompressor {
    private enum State {
        case open, failed, finished
    }

    private let handle: WriteHandle
    private var state = State.open

    /// A compressor of a level from 1 to 19 that gives its output to `sink` in chunks of up to 256 KiB.
    public init(level: Int = 3, sink: @escaping ByteSink) throws {
        guard (1...19).contains(level) else {
            throw ArchiveError(.misuse, "the compression level \(level) is not between 1 and 19")
        }
        handle = try WriteHandle(sink: sink)
        try handle.begin(.zstd, level: level)
    }

    /// Compresses the bytes.
    public func write(_ bytes: UnsafeRawBufferPointer) throws {
        guard state == .open else { throw ArchiveError(.misuse, "the compressor failed or is finished") }
        guard !bytes.isEmpty else { return }
        state = .failed
        try handle.write(bytes)
        state = .open
    }

    /// Ends the frame; without it the stream reads as truncated.
    public func finish() throws {
        guard state == .open else { throw ArchiveError(.misuse, "the compressor failed or is finished") }
        state = .failed
        try handle.close()
        state = .finished
    }

    /// The bytes as one frame.
    public static func frame(_ bytes: UnsafeRawBufferPointer, level: Int = 2) throws -> [UInt8] {
        var frame: [UInt8] = []
        let compressor = try ZstdCompressor(level: level) { frame += $0 }
        try compressor.write(bytes)
        try compressor.finish()
        return frame
    }
}
