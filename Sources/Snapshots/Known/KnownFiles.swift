// SPDX-License-Identifier: Apache-2.0
import Archive
import Catalogue
import OCI
import Synchronization

/// The large files whose chunks are known, so that they need not be read.
///
/// A file is known by its place, size, times and holes. It is recorded only where its last change lies well before the
/// moment at which its file system was written back, so that every later change shows in its change time.
final class KnownFiles: Sendable {
    /// Lines of chunks that are kept in memory before they are written; some 60 GB of files.
    private static let limit = 16 << 20

    private struct Key: Hashable {
        let filesystem: UInt64
        let inode: UInt64
    }

    private struct State {
        var fresh: [Key: KnownFile] = [:]
        var size = 0
    }

    private let catalogue: CatalogueDatabase
    private let packs: PackSet
    private let moment: SurveyMoment
    private let state = Mutex(State())

    init(catalogue: CatalogueDatabase, packs: PackSet, moment: SurveyMoment) {
        (self.catalogue, self.packs, self.moment) = (catalogue, packs, moment)
    }

    /// Whether what is read of it now may be recorded.
    func isSettled(_ version: ContentVersion) -> Bool { moment.isSettled(version.changed) }

    /// The chunks of a file; nil where it has to be read.
    func chunks(of version: ContentVersion) throws -> [ChunkReference]? {
        guard isSettled(version) else { return nil }
        let key = Key(filesystem: version.filesystem, inode: version.inode)
        let known =
            try state.withLock { $0.fresh[key] }
            ?? catalogue.knownFile(filesystem: version.filesystem, inode: version.inode)
        guard let known, known.version == version.digest else { return nil }
        let chunks = try stride(from: 0, to: known.chunks.count, by: ChunkReference.length).map {
            try ChunkReference(known.chunks[$0..<min($0 + ChunkReference.length, known.chunks.count)])
        }
        let size = chunks.reduce(0) { $0 + Int64($1.size) }
        return try size == version.size && packs.have(chunks) ? chunks : nil
    }

    /// Records the chunks of a file that was read and did not change meanwhile.
    func note(_ version: ContentVersion, lines: [UInt8]) throws {
        let file = KnownFile(
            filesystem: version.filesystem, inode: version.inode, version: version.digest, chunks: lines)
        let isFull = state.withLock { state in
            state.fresh[Key(filesystem: version.filesystem, inode: version.inode)] = file
            state.size += lines.count
            return state.size > Self.limit
        }
        if isFull { try flush() }
    }

    /// Writes what was recorded to the catalogue.
    ///
    /// Chunks that never come into the store do no harm there: they are looked for before a file counts as known.
    func flush() throws {
        let files = state.withLock { state in
            defer { state = State() }
            return Array(state.fresh.values)
        }
        if !files.isEmpty { try catalogue.put(knownTrees: [], knownFiles: files) }
    }
}
