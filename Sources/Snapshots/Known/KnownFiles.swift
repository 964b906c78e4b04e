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
        var blocks = KnownFileBlocks()
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
        let fresh = state.withLock { $0.fresh[key] }
        let block = try fresh == nil ? block(of: version) : nil
        guard let known = fresh ?? block?.files[version.inode], known.version == version.digest else { return nil }
        let chunks = try ChunkReference.all(in: known.chunks)
        guard chunks.reduce(0, { $0 + Int64($1.size) }) == version.size else { return nil }
        if let block, chunks.allSatisfy({ block.stored.contains($0.digest) }) { return chunks }
        return try packs.have(chunks) ? chunks : nil
    }

    /// What the catalogue knows of a file and of those with inodes near its own.
    private func block(of version: ContentVersion) throws -> KnownFileBlocks.Block {
        let place = KnownFileBlocks.Place(version)
        if let block = state.withLock({ $0.blocks[place] }) { return block }
        let files = try catalogue.knownFiles(filesystem: place.filesystem, inodes: place.inodes)
        let chunks = try files.flatMap { try ChunkReference.all(in: $0.chunks).map(\.digest) }
        let block = KnownFileBlocks.Block(
            files: Dictionary(files.map { ($0.inode, $0) }) { $1 }, stored: try packs.stored(Set(chunks)))
        state.withLock { $0.blocks[place] = block }
        return block
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
            // What was read of the catalogue before is not true any more of these.
            defer { state = State() }
            return Array(state.fresh.values)
        }
        if !files.isEmpty { try catalogue.put(knownTrees: [], knownFiles: files) }
    }
}
