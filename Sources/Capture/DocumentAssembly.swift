// SPDX-License-Identifier: Apache-2.0
import Archive
import Catalogue
import EnvironmentModel
import JSONTree
import LiveEnvironment
import Snapshots

/// Puts together what was seen and what was stored.
struct DocumentAssembly: Sendable {
    let plan: CapturePlan
    let data: CapturedData
    let first: ObservedEngine

    /// The folders and files of the outermost machine.
    var trees: [TreeRecord] {
        plan.items.compactMap { item in
            guard case .tree(let path) = item.role, let archive = data.archives[item.role] else { return nil }
            return TreeRecord(
                path: path, isFile: item.isFile, excluded: item.exclusions.map(\.path).sorted(), data: archive)
        }
    }

    /// What changed between the first and the last look, and while it was read.
    func changes(until second: ObservedEngine) -> [Remark] {
        let verdict = EnvironmentComparison(captured: first.wholeRecord, found: second.wholeRecord).verdict()
        let fields = verdict.different.map { finding in
            Remark(
                object: finding.object,
                text:
                    "\(finding.field) changed from \(finding.captured.canonicalText) to \(finding.found.canonicalText)",
                weight: .note)
        }
        return fields + data.changes
    }

    /// The outermost engine's record with all data and all nested engines; its raw answers are stored on the way.
    func engine(storingAnswersIn transaction: SnapshotTransaction) async throws -> EngineRecord {
        try await record(of: first, transaction)
    }

    private func record(of observed: ObservedEngine, _ transaction: SnapshotTransaction) async throws -> EngineRecord {
        var record = observed.record
        for index in record.volumes.indices {
            let name = record.volumes[index].name
            record.volumes[index].data = data.archives[.volume(engine: observed.path, name: name)]
        }
        for index in record.containers.indices {
            let id = record.containers[index].id
            record.containers[index].layer = data.archives[.layer(engine: observed.path, container: id)]
            record.containers[index].memory = memory(of: id, on: observed.path)
            if let nested = observed.nested[id] {
                record.containers[index].engine = try await self.record(of: nested, transaction)
            }
        }
        let answers = observed.answers.sorted { $0.name < $1.name }
        record.rawAnswers = try await BlockingWork.run {
            try transaction.putBlob(kind: "answers") { sink in try pack(answers, into: sink) }.blob.rawDigest
        }
        return record
    }

    private func memory(of container: String, on engine: EnginePath) -> [String: DataArchive] {
        var memory: [String: DataArchive] = [:]
        for case (.memory(engine, container, let path), let archive) in data.archives { memory[path] = archive }
        return memory
    }

    private func pack(_ answers: [ObservedEngine.Answer], into sink: @escaping ByteSink) throws {
        let writer = PaxWriter(sink: sink)
        for answer in answers {
            let entry = ArchiveEntry(
                path: Array(answer.name.utf8), kind: .file(size: Int64(answer.bytes.count)), mode: 0o644, user: 0,
                group: 0, modified: Timestamp(seconds: 0, nanoseconds: 0), attributes: [], extents: nil)
            try writer.append(entry, bytes: answer.bytes)
        }
        try writer.finish()
    }
}
