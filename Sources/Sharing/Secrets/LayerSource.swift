// SPDX-License-Identifier: Apache-2.0

import Archive

/// Layers as containerd's store keeps them: compressed or not, told by their first bytes.
enum LayerSource {
    /// The bytes, uncompressed where they begin as gzip (RFC 1952) or zstd (RFC 8878) does.
    static func uncompressed(_ source: @escaping ByteSource) throws -> ByteSource {
        let (head, whole) = try PeekedSource.peek(4, of: source)
        if head.starts(with: [0x1F, 0x8B]) {
            let gzip = try GzipDecompressor(source: whole)
            return { try gzip.read(into: $0) }
        }
        guard head == [0x28, 0xB5, 0x2F, 0xFD] else { return whole }
        let zstd = try ZstdDecompressor(source: whole)
        return { try zstd.read(into: $0) }
    }
}
