// SPDX-License-Identifier: Apache-2.0

import Archive

/// Compressed bytes, for blobs and for what should not be compressed.
enum Compressed {
    static func zstd(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        do {
            let compressor = try ZstdCompressor(level: 3, sink: { result += $0 })
            try bytes.withUnsafeBytes { try compressor.write($0) }
            try compressor.finish()
        } catch { return [] }
        return result
    }

    static func gzip(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        do {
            let compressor = try GzipCompressor(sink: { result += $0 })
            try bytes.withUnsafeBytes { try compressor.write($0) }
            try compressor.finish()
        } catch { return [] }
        return result
    }

    /// A zstd frame of zero bytes that costs next to nothing: blocks of one repeated byte (RFC 8878, 3.1.1.2).
    static func bomb(mebibytes: Int) -> [UInt8] {
        // Magic, no content size, a window of 8 MiB; then blocks of 128 KiB, type RLE, the last one marked.
        var bytes: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x68]
        let blocks = mebibytes * 8
        for index in 0..<blocks {
            let header = (128 << 10) << 3 | 1 << 1 | (index == blocks - 1 ? 1 : 0)
            bytes += [UInt8(header & 0xFF), UInt8(header >> 8 & 0xFF), UInt8(header >> 16), 0]
        }
        return bytes
    }
}
