// SPDX-License-Identifier: Apache-2.0

import Archive
import Catalogue
import EnvironmentModel
import OCI
import Snapshots

/// Replaces secrets in the engines' raw answers.
struct AnswersEditor {
    let editor: SecretEditor
    let library: SnapshotLibrary
    let transaction: SnapshotTransaction

    /// Stores the answers of all engines, and says what took the place of what.
    func edit(_ document: EnvironmentDocument) throws -> (replacements: [Digest: Digest], places: Int) {
        var replacements: [Digest: Digest] = [:]
        var places = 0
        for (_, engine) in document.engine.enginesWithPaths() {
            guard let answers = engine.rawAnswers, replacements[answers] == nil else { continue }
            let (members, count) = try read(answers)
            places += count
            replacements[answers] = try transaction.putBlob(kind: "answers") { sink in
                let writer = PaxWriter(sink: sink)
                for member in members { try writer.append(member.entry, bytes: member.bytes) }
                try writer.finish()
            }.blob.rawDigest
        }
        return (replacements, places)
    }

    /// The members, in the order of their new names: those of images are their ids.
    private func read(_ answers: Digest) throws -> (members: [(entry: ArchiveEntry, bytes: [UInt8])], places: Int) {
        let source = try library.openBlob(answers)
        let reader = try PaxReader(source: { try source.read(into: $0) })
        var members: [(entry: ArchiveEntry, bytes: [UInt8])] = []
        var places = 0
        while var entry = try reader.next() {
            var bytes = try reader.readAll(limit: 256 << 20)
            places += try editor.editJSON(&bytes)
            _ = try editor.edit(&entry.path, from: 0, to: entry.path.count)
            members.append((entry, bytes))
        }
        members.sort { $0.entry.path.lexicographicallyPrecedes($1.entry.path) }
        return (members, places)
    }
}
