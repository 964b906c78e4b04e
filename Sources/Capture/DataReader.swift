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

    func read(_ plan: CapturePlan) async throws -> CapturedData {
        var data = CapturedData()
        for item in plan.items {
            try Task.checkCancellation()
            report("reading \(item.title)")
            let transaction = transaction
            let (archive, summary) = try await access.pack(item.path, excluding: item.exclusions) { produce in
                let (blob, summary) = try transaction.putBlob(kind: "data") { sink in try produce(sink) }
                let archive = DataArchive(
                    digest: blob.rawDigest, size: blob.rawSize, entries: Int64(summary.entries),
                    contentBytes: summary.dataBytes)
                return (archive, summary)
            }
            data.archives[item.role] = archive
            note(summary, of: item, in: &data)
        }
        return data
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
