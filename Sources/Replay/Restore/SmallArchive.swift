// SPDX-License-Identifier: Apache-2.0
import Archive

/// A tar of a few small entries, held in memory.
struct SmallArchive: Sendable {
    /// The archive's bytes.
    let bytes: [UInt8]

    /// One program or configuration file, owned by root; with the folders above it where they are named.
    init(file path: String, mode: UInt32, content: [UInt8], folders: [String] = []) throws {
        var bytes: [UInt8] = []
        let writer = PaxWriter(sink: { bytes += $0 })
        for folder in folders { try writer.append(Self.entry(folder, .directory, mode: 0o755)) }
        try writer.append(Self.entry(path, .file(size: Int64(content.count)), mode: mode), bytes: content)
        try writer.finish()
        self.bytes = bytes
    }

    /// The bytes as the content of a request.
    var stream: AsyncStream<[UInt8]> {
        AsyncStream { continuation in
            continuation.yield(bytes)
            continuation.finish()
        }
    }

    private static func entry(_ path: String, _ kind: ArchiveEntry.Kind, mode: UInt32) -> ArchiveEntry {
        ArchiveEntry(
            path: Array(path.utf8), kind: kind, mode: mode, user: 0, group: 0,
            modified: Timestamp(seconds: 0, nanoseconds: 0), attributes: [], extents: nil)
    }
}
