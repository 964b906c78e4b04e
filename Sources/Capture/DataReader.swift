// SPDX-License-Identifier: Apache-2.0
import Archive
import Catalogue
import EnvironmentModel
import Hashing
import LiveEnvironment
import OCI
import Snapshots
import Steps

/// What the data of an environment became in the store.
struct CapturedData: Sendable {
    var archives: [CapturePlan.Item.Role: DataArchive] = [:]
    var remarks: [Remark] = []
    /// Files that changed while they were read.
    var changes: [Remark] = []
}

extension CapturePlan.Item {
    /// Stands for the path and for what is left out below it.
    fileprivate var key: Digest {
        get throws {
            let parts =
                [path, isFile ? "file" : "folder"] + exclusions.map { "\($0.path)\n\($0.keepsFolder)" }.sorted()
            return try SHA256Hasher.digest(of: Array(parts.joined(separator: "\0").utf8))
        }
    }
}

/// Packs folders, volumes and writable layers into the store.
struct DataReader: Sendable {
    let access: any DataAccess
    let transaction: SnapshotTransaction
    let report: StepReport
    let detail: @Sendable (String) -> Void

    /// A tree that was read while everything ran, or that is known from an earlier capture.
    struct Ahead: Sendable {
        let survey: TreeSurvey
        let archive: DataArchive
        let summary: PackSummary
    }

    /// Reads what has not changed for a while and is not known, before anything is paused.
    ///
    /// - Parameter isPausing: Whether a pause follows, in which little should be left to read.
    func readAhead(_ plan: CapturePlan, isPausing: Bool) async throws -> [CapturePlan.Item.Role: Ahead] {
        var ahead: [CapturePlan.Item.Role: Ahead] = [:]
        // Of files in memory no survey shows every change.
        let items = plan.items.filter { if case .memory = $0.role { false } else { true } }
        // Before the file systems are written back: what changes from then on is not settled.
        let moment = try await access.moment()
        try await access.synchronize(items.map(\.path))
        try transaction.useKnown(at: moment)
        for item in items {
            try Task.checkCancellation()
            // What cannot be looked at is read later, and what went wrong is said then.
            guard let survey = try? await access.survey(item.path, excluding: item.exclusions) else { continue }
            if let known = try transaction.knownTree(item.key, survey: survey) {
                detail("\(item.title) is as it was when it was last captured, and not read")
                ahead[item.role] = Ahead(survey: survey, archive: known.archive, summary: known.summary)
            } else if survey.isSettled {
                let (archive, summary) = try await pack(item, size: survey.contentBytes)
                ahead[item.role] = Ahead(survey: survey, archive: archive, summary: summary)
            } else if isPausing {
                try await storeLargeFiles(of: item, size: survey.contentBytes)
            }
        }
        return ahead
    }

    /// Reads everything but what was read ahead and has not changed since.
    func read(_ plan: CapturePlan, ahead: [CapturePlan.Item.Role: Ahead]) async throws -> CapturedData {
        var data = CapturedData()
        for item in plan.items {
            try Task.checkCancellation()
            let early = ahead[item.role]
            let survey = early == nil ? nil : try? await access.survey(item.path, excluding: item.exclusions)
            if let early, let survey, survey == early.survey {
                try transaction.remember(item.key, survey: survey, archive: early.archive, summary: early.summary)
                data.archives[item.role] = early.archive
                note(early.summary, of: item, in: &data)
                continue
            }
            let (archive, summary) = try await pack(item, size: survey?.contentBytes)
            data.archives[item.role] = archive
            note(summary, of: item, in: &data)
        }
        return data
    }

    private func pack(_ item: CapturePlan.Item, size: Int64?) async throws -> (DataArchive, PackSummary) {
        let transaction = transaction
        let (archive, summary, read) = try await report.measuring("reading \(item.title)", bytes: size) { progress in
            try await access.pack(item.path, excluding: item.exclusions) { produce in
                try transaction.putArchive { sink in try produce(progress.counting(sink)) }
            }
        }
        if read < archive.size { detail("\(item.title): \(archive.size - read) bytes of known files were not read") }
        return (archive, summary)
    }

    private func storeLargeFiles(of item: CapturePlan.Item, size: Int64) async throws {
        let transaction = transaction
        do {
            try await report.measuring("reading large files of \(item.title)", bytes: size) { progress in
                try await access.pack(item.path, excluding: item.exclusions) { produce in
                    try transaction.storeLargeFiles { sink in try produce(progress.counting(sink)) }
                }
            }
        } catch let error as ArchiveError where error.code == .system {
            // It may be gone or out of reach; it is read once more, and what went wrong is said then.
            detail("\(item.title): \(error.message)")
        }
    }

    private func note(_ summary: PackSummary, of item: CapturePlan.Item, in data: inout CapturedData) {
        for path in summary.sockets {
            data.remarks.append(remark(item, path, "a socket: made anew by the process that serves it", .note))
        }
        for entry in summary.unreadable {
            data.remarks.append(remark(item, entry.path, "could not be read (errno \(entry.errorNumber))", .loss))
        }
        for path in summary.changed {
            data.changes.append(remark(item, path, "changed while it was read", .note))
        }
        for path in summary.vanished {
            data.changes.append(remark(item, path, "vanished while it was read", .note))
        }
    }

    private func remark(_ item: CapturePlan.Item, _ path: [UInt8], _ text: String, _ weight: Remark.Weight) -> Remark {
        Remark(object: "\(item.title): \(String(decoding: path, as: UTF8.self))", text: text, weight: weight)
    }
}
