// SPDX-License-Identifier: Apache-2.0
import Archive

/// Reads a source to its end, in pieces of up to 256 KiB.
func forEachChunk(of source: ByteSource, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while case let count = try buffer.withUnsafeMutableBytes({ try source($0) }), count > 0 {
        try buffer.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }
}

/// Reads a source to its end.
func readAll(_ source: ByteSource) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try forEachChunk(of: source) { bytes += $0 }
    return bytes
}
