// SPDX-License-Identifier: Apache-2.0

import Catalogue
import OCI
import Testing

@Suite struct ReplayTests {
    private func replay(_ name: String, of prefix: String = "aaaa") throws -> ReplayRecord {
        ReplayRecord(
            name: name, snapshotID: try digest(prefix), createdAt: "2026-11-23T10:00:00Z", mode: .capsule,
            engineAddress: "unix:///var/run/docker.sock", state: "making", details: #"{"step":1}"#)
    }

    @Test func areKeptChangedAndForgotten() throws {
        let fixture = try CatalogueFixture()
        try fixture.insert(.sample("aaaa"))
        try fixture.insert(.sample("bbbb"))
        var first = try replay("one")
        let second = try replay("two", of: "bbbb")
        try fixture.database.insert(first)
        try fixture.database.insert(second)
        #expect(try fixture.database.replays() == [first, second])
        #expect(try fixture.database.replays(of: digest("bbbb")) == [second])

        first.state = "running"
        first.mode = .direct
        first.capsuleContainer = "0123456789ab"
        first.details = #"{"step":2}"#
        try fixture.database.update(first)
        #expect(try fixture.database.replay(named: "one") == first)
        #expect(try fixture.database.replay(named: "two") == second)

        try fixture.database.deleteReplay(named: "one")
        #expect(try fixture.database.replay(named: "one") == nil)
        let error = #expect(throws: CatalogueError.self) { try fixture.database.deleteReplay(named: "one") }
        #expect(error?.code == .noSuchReplay)
        #expect(throws: CatalogueError.self) { try fixture.database.update(first) }
    }

    @Test func aNameStandsForOneReplay() throws {
        let fixture = try CatalogueFixture()
        try fixture.insert(.sample("aaaa"))
        try fixture.database.insert(replay("one"))
        let error = #expect(throws: CatalogueError.self) { try fixture.database.insert(replay("one")) }
        #expect(error?.code == .nameTaken)
        #expect(error?.message.contains("envsnap down one") == true)
    }

    @Test func needASnapshotWhichTheyKeep() throws {
        let fixture = try CatalogueFixture()
        let unknown = #expect(throws: CatalogueError.self) { try fixture.database.insert(replay("one")) }
        #expect(unknown?.code == .noSuchSnapshot)
        try fixture.insert(.sample("aaaa"))
        try fixture.database.insert(replay("one"))
        let error = #expect(throws: CatalogueError.self) { try fixture.database.deleteSnapshot(digest("aaaa")) }
        #expect(error?.code == .inUse)
        #expect(error?.message.contains("envsnap down one") == true)
        try fixture.database.deleteReplay(named: "one")
        try fixture.database.deleteSnapshot(digest("aaaa"))
    }

    @Test func theirDetailsAreJSON() throws {
        let fixture = try CatalogueFixture()
        try fixture.insert(.sample("aaaa"))
        var broken = try replay("one")
        broken.details = "{"
        #expect(throws: CatalogueError.self) { try fixture.database.insert(broken) }
        #expect(try fixture.database.replays().isEmpty)
    }
}
