// SPDX-License-Identifier: Apache-2.0
import Catalogue
import ContentStore
import EnvironmentModel
import OCI

extension SnapshotLibrary {
    /// What the catalogue says of a snapshot and its document does not: SQLite has no checksums that would tell a letter or a
    /// number which the disk changed.
    func contradictions(in row: SnapshotRecord) -> [String] {
        // That the document cannot be read is told elsewhere.
        guard let document = try? document(row.id), let size = try? store.readDocument(row.id).count else { return [] }
        var expected = SnapshotRecord(document, id: row.id, size: Int64(size))
        // A snapshot that came from elsewhere may not have had its name here; where it came from is the row's alone.
        if row.name == nil { expected.name = nil }
        expected.origin = row.origin
        return row == expected ? [] : ["snapshot \(row.id.short): the catalogue says of it what its document does not"]
    }
}
