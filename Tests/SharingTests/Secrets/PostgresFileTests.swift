// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Sharing

@Suite struct PostgresFileTests {
    private static let passwords = ["First-pw-1", "Second-pw-2"].map { Array($0.utf8) }

    /// An editor, and one that knows the stand-ins of the first and nothing else.
    private static func editors() throws -> (there: SecretEditor, again: SecretEditor) {
        let standIns = StandIns(for: Set(passwords))
        let new = try passwords.map(standIns.standIn(for:))
        return (
            SecretEditor([], standIns: standIns, verifiers: PostgresVerifiers(of: passwords)),
            SecretEditor([], standIns: StandIns(for: Set(new)), verifiers: PostgresVerifiers(of: new))
        )
    }

    @Test func `pages have the checksums that postgres gave them`() throws {
        let page = try PostgresFixture.users
        #expect(page.count == 8192)
        let stored = UInt16(page[8]) | UInt16(page[9]) << 8
        #expect(PostgresPages.checksum(page[...], block: 0) == stored)
        #expect(PostgresPages.checksum(page[...], block: 1) != stored)
    }

    @Test func `a verifier in a table is made anew, with the page's checksum`() throws {
        let (there, again) = try Self.editors()
        var page = try PostgresFixture.users
        #expect(try PostgresPages.edit(&page, firstBlock: 0, with: there) == 1)
        #expect(page.count == 8192)
        #expect(PostgresPages.checksum(page[...], block: 0) == UInt16(page[8]) | UInt16(page[9]) << 8)
        #expect(try PostgresPages.edit(&page, firstBlock: 0, with: again) == 1, "it is not the stand-in's")
    }

    @Test func `a page that is damaged already is not made to look sound`() throws {
        var page = try PostgresFixture.users
        page[100] ^= 1
        let before = page[8...9]
        #expect(try PostgresPages.edit(&page, firstBlock: 0, with: Self.editors().there) == 1)
        #expect(page[8...9] == before)
    }

    @Test func `verifiers in the log are made anew, and every record has a right checksum`() throws {
        let (there, again) = try Self.editors()
        var log = try PostgresFixture.log
        let records = PostgresLog.soundRecords(of: log)
        #expect(records.sound > 3 && records.sound == records.all)
        let before = log
        #expect(try PostgresLog.edit(&log, with: there) == 2)
        #expect(log != before && log.count == before.count)
        let after = PostgresLog.soundRecords(of: log)
        #expect(after.sound == records.sound && after.all == records.all)
        #expect(try PostgresLog.edit(&log, with: again) == 2)
    }

    @Test func `files are known by their paths`() {
        func segment(_ path: String) -> UInt32? { PostgresPages.segment(of: Array(path.utf8)) }
        #expect(segment("global/1260") == 0 && segment("data/base/16384/2619.3") == 3 && segment("base/1/2619_vm") == 0)
        #expect(segment("global/pg_control") == nil && segment("base/x/1260") == nil && segment("1260") == nil)
        #expect(PostgresLog.isSegment(Array("data/pg_wal/000000010000000000000001".utf8)))
        #expect(!PostgresLog.isSegment(Array("pg_wal/archive_status".utf8)))
    }
}
