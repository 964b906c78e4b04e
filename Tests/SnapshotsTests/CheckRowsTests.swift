// SPDX-License-Identifier: Apache-2.0

import ContentStore
import Foundation
import OCI
import Snapshots
import SystemPackage
import TestSupport
import Testing

@Suite struct CheckRowsTests {
    @Test(arguments: [
        "message = 'another'", "created_at = '2026-11-02T10:00:00Z'", "project = 'pro*ect'", "complete = 0",
        "document_size = document_size + 1", "host_count = 64", "name = 'another'",
    ])
    func `a row that says what its document does not is found`(_ change: String) throws {
        let fixture = try LibraryFixture()
        let id = try fixture.snapshot(["a"])
        #expect(try fixture.library.check(depth: .size).problems == [])
        try Tool.run("sqlite3", fixture.library.store.cataloguePath.string, "UPDATE snapshot SET \(change)")
        #expect(
            try fixture.library.check(depth: .size).problems == [
                "snapshot \(id.short): the catalogue says of it what its document does not"
            ])
    }

    @Test func `a snapshot without its document's name is none`() throws {
        let fixture = try LibraryFixture()
        try fixture.snapshot(["a"])
        try Tool.run("sqlite3", fixture.library.store.cataloguePath.string, "UPDATE snapshot SET name = NULL")
        #expect(try fixture.library.check(depth: .size).problems == [])
    }
}
