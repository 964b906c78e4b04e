// SPDX-License-Identifier: Apache-2.0
import Archive
import LiveEnvironment
import OCI
import Snapshots

/// Takes configs and layers out of what `docker save` writes, in either of its shapes.
///
/// Up to engine 24 a config is `<hex>.json` and a layer `<id>/layer.tar`, named by nothing that says its digest; from 25
/// on both are `blobs/sha256/<hex>` (moby pull 44598). The archive itself is not kept: two saves of the same image
/// differ.
struct SavedImages {
    let wanted: Set<Digest>
    let transaction: SnapshotTransaction

    func read(_ next: () throws -> [UInt8]?) throws {
        try withoutActuallyEscaping(next) { next in
            let reader = try PaxReader(source: ChunkSource(next).read)
            while let entry = try reader.next() {
                guard case .file = entry.kind, let content = content(of: entry.path) else { continue }
                try store(content, from: reader)
            }
        }
    }

    private enum Content {
        case named(Digest)
        case layer
    }

    private func content(of path: [UInt8]) -> Content? {
        let path = String(decoding: path, as: UTF8.self)
        if path.hasSuffix("/layer.tar") { return .layer }
        var name = path[...]
        if name.hasPrefix("blobs/sha256/") { name = name.dropFirst("blobs/sha256/".count) }
        if name.hasSuffix(".json") { name = name.dropLast(".json".count) }
        guard let digest = try? Digest(hex: name), wanted.contains(digest) else { return nil }
        return .named(digest)
    }

    private func store(_ content: Content, from reader: PaxReader) throws {
        var expected: Digest?
        if case .named(let digest) = content {
            if try transaction.has(digest) { return }
            expected = digest
        }
        _ = try transaction.putBlob(kind: "image", expected: expected) { sink in
            try reader.readBody { bytes, _ in try sink(bytes) }
        }
    }
}
