// SPDX-License-Identifier: Apache-2.0
import Archive
import Catalogue
import EnvironmentModel
import LiveEnvironment
import OCI
import Snapshots

/// What the data of an environment became in the store.
struct CapturedData: Sendable {
    var archives: [CapturePlan.Item.Role: DataArchive] = [:]
    var remarks: [Remark] = []
    /// Files that changed while they were read.
    var changes: [Remark] = []
}

/// Packs folders, volumes and writable layers into the store.
struct DataReader: Sendable {
    let access: any DataAccess
    let transaction: SnapshotTransaction
    let report: @Sendable (String) -> Void

    /// A tree that was read while everything ran.
    struct Ahead: Sendable {
        let survey: TreeSurvey
        let archive: DataArchive
        let summary: PackSummary
    }

    /// Reads what has not changed for a while, before anything is paused.
    func readAhead(_ plan: CapturePlan) async throws -> [CapturePlan.Item.Role: Ahead] {
        var ahead: [CapturePlan.Item.Role: Ahead] = [:]
        // Of files in memory no survey shows every change.
        let items = plan.items.filter { if case .memory = $0.role { false } else { true } }
        try await access.synchronize(items.map(\.path))
        for item in items {
            try Task.checkCancellation()
            // What cannot be looked at is read later, and what went wrong is said then.
            guard let survey = try? await access.survey(item.path, excluding: item.exclusions), survey.isSettled else {
                continue
            }
            report("reading \(item.title)")
            let (archive, summary) = try await pack(item)
            ahead[item.role] = Ahead(survey: survey, archive: archive, summary: summary)
        }
        return ahead
    }

    /// Reads everything but what was read ahead and has not changed since.
    func read(_ plan: CapturePlan, ahead: [CapturePlan.Item.Role: Ahead]) async throws -> CapturedData {
        var data = CapturedData()
        for item in plan.items {
            try Task.checkCancellation()
            if let early = ahead[item.role],
                let survey = try? await access.survey(item.path, excluding: item.exclusions), survey == early.survey
            {
                data.archives[item.role] = early.archive
                note(early.summary, of: item, in: &data)
                continue
            }
            report("reading \(item.title)")
            let (archive, summary) = try await pack(item)
            data.archives[item.role] = archive
            note(summary, of: item, in: &data)
        }
        return data
    }

    private func pack(_ item: CapturePlan.Item) async throws -> (DataArchive, PackSummary) {
        let transaction = transaction
        return try await access.pack(item.path, excluding: item.exclusions) { produce in
            try transaction.putArchive { sink in try produce(sink) }
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
