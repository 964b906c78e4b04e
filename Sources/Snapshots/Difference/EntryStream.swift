// SPDX-License-Identifier: Apache-2.0
import Archive
import Hashing
import OCI

/// The entries of a data archive, one after the other.
final class EntryStream {
    private let reader: PaxReader
    private let contentLimit: Int64

    /// The entries of an archive; the content of files up to a size is kept with them.
    init(_ source: @escaping ByteSource, keepingContentUpTo limit: Int64 = 0) throws {
        reader = try PaxReader(source: source)
        contentLimit = limit
    }

    func next() throws -> ComparedEntry? {
        guard let entry = try reader.next() else { return nil }
        guard case .file(let size) = entry.kind else { return ComparedEntry(entry, digest: nil, content: nil) }
        let hasher = try SHA256Hasher()
        for extent in entry.extents ?? [] { hasher.update(Array("\(extent.offset)+\(extent.length);".utf8)) }
        // A sparse file of modest size is no text.
        guard size <= contentLimit, entry.extents == nil else {
            try reader.readBody { bytes, _ in hasher.update(bytes) }
            return ComparedEntry(entry, digest: try hasher.finalize(), content: nil)
        }
        let content = try reader.readAll(limit: Int(size))
        content.withUnsafeBytes { hasher.update($0) }
        return ComparedEntry(entry, digest: try hasher.finalize(), content: content)
    }
}
