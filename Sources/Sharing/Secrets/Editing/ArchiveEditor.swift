// SPDX-License-Identifier: Apache-2.0

import Archive
import EnvironmentModel

/// Writes a data archive anew with stand-ins in the place of secrets.
///
/// All sizes stay, and so the archive's form.
final class ArchiveEditor {
    /// Larger files are edited while they pass.
    private static let largestHeld: Int64 = 64 << 20

    private let editor: SecretEditor
    private let sources: SecretSources
    private let cancellation: Cancellation
    private(set) var places = 0
    /// Files that are no text, or too large to be looked into, in which something known was replaced.
    private(set) var opaqueFiles: [String] = []

    init(_ editor: SecretEditor, sources: SecretSources, cancellation: Cancellation) {
        (self.editor, self.sources, self.cancellation) = (editor, sources, cancellation)
    }

    /// Reads an archive from a source and writes it to a sink.
    func edit(_ archive: DistinctArchive, from source: @escaping ByteSource, into sink: any ArchiveSink) throws {
        let reader = try PaxReader(source: source)
        let writer = PaxWriter(into: sink)
        while let entry = try reader.next() {
            try cancellation.check()
            let edited = try editingAttributes(entry)
            guard entry.size > 0 else {
                try writer.append(edited)
                continue
            }
            if entry.dataSize <= Self.largestHeld {
                try writer.append(edited, bytes: content(of: entry, archive, reader))
            } else {
                try stream(entry, as: edited, archive, from: reader, to: writer)
            }
        }
        try writer.finish()
    }

    private func content(of entry: ArchiveEntry, _ archive: DistinctArchive, _ reader: PaxReader) throws -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(entry.dataSize))
        try reader.readBody { block, _ in bytes += block }
        let path = archive.path(of: entry)
        if entry.extents == nil, FileScanner.isText(bytes) {
            let hits = FileScanner.scan(bytes, path: path, isSecret: sources.contains(archive, entry))
            places += try editor.edit(&bytes, at: hits)
            return bytes
        }
        // Postgres' own files get new checksums, so nothing is the matter with them afterwards.
        if entry.extents == nil, PostgresLog.isSegment(entry.path) {
            places += try PostgresLog.edit(&bytes, with: editor)
        } else if entry.extents == nil, let segment = PostgresPages.segment(of: entry.path) {
            places += try PostgresPages.edit(
                &bytes, firstBlock: segment * PostgresPages.blocksOfSegment, with: editor)
        } else {
            note(try editor.edit(&bytes, from: 0, to: bytes.count).count, path, archive)
        }
        return bytes
    }

    private func stream(
        _ entry: ArchiveEntry, as edited: ArchiveEntry, _ archive: DistinctArchive, from reader: PaxReader,
        to writer: PaxWriter
    ) throws {
        let path = archive.path(of: entry)
        if entry.extents == nil, let segment = PostgresPages.segment(of: entry.path) {
            var pages = PostgresPages.Window(firstBlock: segment * PostgresPages.blocksOfSegment, editor: editor)
            try writer.append(edited) { write in
                try reader.readBody { block, _ in try pages.write(block, to: write) }
                try pages.finish(to: write)
            }
            places += pages.places
            return
        }
        var count = 0
        try writer.append(edited) { write in
            try withoutActuallyEscaping(write) { write in
                let stream = StreamEditor(editor, sink: write)
                try reader.readBody { block, _ in try stream.write(block) }
                try stream.finish()
                count = stream.places
            }
        }
        note(count, path, archive)
    }

    private func note(_ count: Int, _ path: [UInt8], _ archive: DistinctArchive) {
        guard count > 0 else { return }
        places += count
        opaqueFiles.append("\(archive.name): \(String(decoding: path, as: UTF8.self))")
    }

    /// Extended attributes and the texts of links are edited as well; names of files cannot be.
    private func editingAttributes(_ entry: ArchiveEntry) throws -> ArchiveEntry {
        var entry = entry
        entry.attributes = try entry.attributes.map { attribute in
            var value = attribute.value
            places += try editor.edit(&value, from: 0, to: value.count).count
            return ExtendedAttribute(name: attribute.name, value: value)
        }
        return entry
    }
}
