// SPDX-License-Identifier: Apache-2.0

import Archive
public import Catalogue
import ContentStore
import EnvironmentModel
import JSONTree
import OCI
public import Snapshots
public import Steps
import SystemPackage

/// Makes a snapshot out of another one, with stand-ins in the place of the secrets that were found in it.
///
/// Everything that depends on what was replaced is made anew: configurations of images and so their ids, chunks, packs,
/// the document and so the snapshot's own id. Packs are never taken over, since they hold chunks as they were. Image
/// layers are taken over as they are.
public struct Redactor {
    private let snapshot: SnapshotRecord
    private let library: SnapshotLibrary
    private let report: SecretReport
    private let editor: SecretEditor
    private let verifiers: PostgresVerifiers
    private let cancellation: Cancellation
    private let progress: StepReport

    /// A redactor of a snapshot that was looked through.
    public init(
        _ snapshot: SnapshotRecord, in library: SnapshotLibrary, report: SecretReport, cancellation: Cancellation,
        progress: StepReport
    ) throws {
        self.snapshot = snapshot
        self.library = library
        self.report = report
        self.cancellation = cancellation
        self.progress = progress
        let all = report.values.union(report.weakValues)
        let standIns = StandIns(for: all)
        verifiers = PostgresVerifiers(of: all)
        editor = SecretEditor(
            report.values, standIns: standIns,
            fixed: try PostgresVerifiers.md5(users: report.users, passwords: all, standIns), verifiers: verifiers)
    }

    /// Makes it; blocks.
    ///
    /// - Throws: `SharingError` with `.secretLeft` where something cannot be replaced, and what the store throws.
    public func redact() throws -> RedactedSnapshot {
        let holder = try library.begin()
        do {
            let scratch = try SnapshotLibrary(at: holder.folder.appending("redacted"))
            let transaction = try scratch.begin()
            defer { transaction.end() }
            return try redact(in: scratch, transaction, holder)
        } catch {
            holder.end()
            throw error
        }
    }

    private func redact(
        in scratch: SnapshotLibrary, _ transaction: SnapshotTransaction, _ holder: SnapshotTransaction
    ) throws -> RedactedSnapshot {
        let original = try library.document(snapshot.id)
        progress("replacing secrets in images")
        let images = ImageEditor(editor: editor, library: library, transaction: transaction)
        var places = try images.edit(original)
        let archives = ArchiveEditor(
            editor, sources: SecretSources(paths: report.secretPaths), cancellation: cancellation)
        var replacements: [Digest: DataArchive] = [:]
        for archive in original.distinctArchives {
            progress("replacing secrets in \(archive.name)")
            replacements[archive.data.digest] = try rewrite(archive, by: archives, in: transaction)
        }
        progress("replacing secrets in the document")
        let answers = try AnswersEditor(editor: editor, library: library, transaction: transaction).edit(original)
        places += archives.places + answers.places
        var text = try library.store.readDocument(snapshot.id)
        places += try editor.editJSON(&text)
        var document = try EnvironmentDocument(json: JSONValue(parsing: text))
            .replacingArchives { replacements[$0.digest] ?? $0 }
        document.engine.replaceAnswers(answers.replacements)
        document.redaction = RedactionRecord(
            rules: SecretRule.version, secrets: Int64(report.values.count + report.weakValues.count),
            places: Int64(places), notInspected: report.notInspected)
        let id = try transaction.commit(document)
        return RedactedSnapshot(
            try scratch.find(id.hex), in: scratch, report: report, places: places, opaqueFiles: archives.opaqueFiles,
            verifiers: verifiers, transaction: holder)
    }

    /// Writes an archive anew, in the form in which it is.
    private func rewrite(
        _ archive: DistinctArchive, by editor: ArchiveEditor, in transaction: SnapshotTransaction
    ) throws -> DataArchive {
        let source = try library.archiveBytes(archive.data)
        switch archive.data.form {
        case .chunks:
            return try transaction.putArchive { sink in
                try editor.edit(archive, from: source, into: sink)
                var summary = PackSummary()
                summary.entries = Int(archive.data.entries)
                summary.dataBytes = archive.data.contentBytes
                return summary
            }.archive
        case .whole:
            let blob = try transaction.putBlob(kind: "data") { sink in
                try editor.edit(archive, from: source, into: PlainArchiveSink(sink))
            }.blob
            return DataArchive(
                digest: blob.rawDigest, size: blob.rawSize, entries: archive.data.entries,
                contentBytes: archive.data.contentBytes)
        }
    }
}
