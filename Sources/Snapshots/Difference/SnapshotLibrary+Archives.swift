// SPDX-License-Identifier: Apache-2.0
public import Archive
public import EnvironmentModel
import OCI

extension SnapshotLibrary {
    /// Opens a data archive for reading.
    public func archiveBytes(_ data: DataArchive) throws -> ByteSource {
        let source = try openArchive(data)
        return { try source.read(into: $0) }
    }

    /// Opens a layer as its tar, however the registry that it came from had compressed it (RFC 1952 and RFC 8878 tell them
    /// by their first bytes).
    func openLayer(_ blob: Digest) throws -> ByteSource {
        let magic = try openBlob(blob).readChunk(upTo: 4) ?? []
        let source = try openBlob(blob)
        let plain: ByteSource = { try source.read(into: $0) }
        if magic.starts(with: [0x1F, 0x8B]) {
            let gzip = try GzipDecompressor(source: plain)
            return { try gzip.read(into: $0) }
        }
        guard magic == [0x28, 0xB5, 0x2F, 0xFD] else { return plain }
        let zstd = try ZstdDecompressor(limit: .max, source: plain)
        return { try zstd.read(into: $0) }
    }
}
