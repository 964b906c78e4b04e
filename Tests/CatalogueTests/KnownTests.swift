// SPDX-License-Identifier: Apache-2.0

import Catalogue
import OCI
import Testing

@Suite struct KnownTests {
    private static func tree(_ key: String, list: String = "1", sockets: [[UInt8]] = []) throws -> KnownTree {
        KnownTree(
            key: try digest(key), survey: try digest("5"), list: try digest(list), size: 10_240, entries: 3,
            contentBytes: 7, sockets: sockets)
    }

    private static func file(_ inode: UInt64, version: String = "7") throws -> KnownFile {
        KnownFile(filesystem: .max, inode: inode, version: try digest(version), chunks: Array(repeating: 9, count: 72))
    }

    private static func filled(_ files: Int = 1) throws -> CatalogueFixture {
        let fixture = try CatalogueFixture()
        try fixture.database.beginKnown(boot: "a", clock: 1_000_000)
        try fixture.database.put(
            knownTrees: [tree("c", sockets: [[1, 2], [255]])], knownFiles: [file(1), file(.max)])
        return fixture
    }

    private func knownFile(_ filesystem: UInt64, _ inode: UInt64, _ fixture: CatalogueFixture) throws -> KnownFile? {
        let found = try fixture.database.knownFiles(filesystem: filesystem, inodes: inode...inode)
        #expect(found.count <= 1)
        return found.first
    }

    @Test func filesAreFoundByRangesOfInodes() throws {
        let fixture = try Self.filled()
        try fixture.database.put(knownTrees: [], knownFiles: [Self.file(255), Self.file(256), Self.file(.max - 255)])
        func inodes(_ range: ClosedRange<UInt64>, filesystem: UInt64 = .max) throws -> [UInt64] {
            try fixture.database.knownFiles(filesystem: filesystem, inodes: range).map(\.inode).sorted()
        }
        #expect(try inodes(0...255) == [1, 255])
        #expect(try inodes(256...511) == [256])
        #expect(try inodes((.max - 255)...(.max)) == [.max - 255, .max])
        #expect(try inodes(0...255, filesystem: 1) == [])
    }

    @Test func isFoundAndReplaced() throws {
        let fixture = try Self.filled()
        #expect(try fixture.database.knownTree(digest("c")) == Self.tree("c", sockets: [[1, 2], [255]]))
        #expect(try fixture.database.knownTree(digest("d")) == nil)
        #expect(try knownFile(.max, .max, fixture) == Self.file(.max))
        #expect(try knownFile(0, 1, fixture) == nil)
        try fixture.database.put(knownTrees: [Self.tree("c", list: "2")], knownFiles: [Self.file(1, version: "8")])
        #expect(try fixture.database.knownTree(digest("c")) == Self.tree("c", list: "2"))
        #expect(try knownFile(.max, 1, fixture) == Self.file(1, version: "8"))
        try fixture.database.verify()
    }

    @Test(arguments: [
        ("a", 1_000_000, true), ("a", 5_000_000, true), ("a", 999_100, true), ("a", 998_999, false),
        ("b", 1_000_000, false), ("b", 5_000_000, false),
    ])
    func holdsForOneBootAndAClockThatWasNotSetBack(_ boot: String, _ clock: Int64, _ isValid: Bool) throws {
        let fixture = try Self.filled()
        try fixture.database.beginKnown(boot: boot, clock: clock)
        #expect(try (fixture.database.knownTree(digest("c")) != nil) == isValid)
        #expect(try (knownFile(.max, 1, fixture) != nil) == isValid)
    }

    @Test func theClockIsHeldAgainstItsLatest() throws {
        let fixture = try Self.filled()
        for clock in stride(from: Int64(999_900), through: 999_000, by: -300) {
            try fixture.database.beginKnown(boot: "a", clock: clock)
        }
        #expect(try fixture.database.knownTree(digest("c")) != nil)
        // Small steps back add up.
        try fixture.database.beginKnown(boot: "a", clock: 998_900)
        #expect(try fixture.database.knownTree(digest("c")) == nil)
    }

    @Test func whatGarbageCollectionTookIsForgotten() throws {
        let fixture = try Self.filled()
        let list = BlobRecord(uncompressed: try digest("2"), size: 36, kind: "chunks")
        try fixture.insert(.sample("aaaa"), blobs: [list])
        try fixture.database.put(knownTrees: [Self.tree("d", list: "2")], knownFiles: [])
        try fixture.database.forgetLost()
        #expect(try fixture.database.knownTree(digest("c")) == nil)
        #expect(try fixture.database.knownTree(digest("d")) != nil)
        #expect(try knownFile(.max, 1, fixture) == nil)
    }
}
