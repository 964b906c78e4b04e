// SPDX-License-Identifier: Apache-2.0

import Catalogue
import OCI
import Testing

@Suite struct ChunkTests {
    private static func pack(_ prefix: String) throws -> BlobRecord {
        BlobRecord(uncompressed: try digest(prefix), size: 1000, kind: "pack")
    }

    private static func chunk(_ prefix: String, at offset: Int64 = 0) throws -> ChunkRecord {
        ChunkRecord(digest: try digest(prefix), storedOffset: offset, storedSize: 10, size: 20)
    }

    @Test func areFoundWhereTheyLie() throws {
        let fixture = try CatalogueFixture()
        let chunks = [try Self.chunk("c2", at: 0), try Self.chunk("c1", at: 10)]
        try fixture.database.insert(pack: Self.pack("1"), chunks: chunks)
        let found = try fixture.database.chunks([digest("c1"), digest("ffff")])
        #expect(found.count == 1)
        #expect(found[try digest("c1")]?.pack == (try digest("1")))
        #expect(found[try digest("c1")]?.chunk == chunks[1])
        #expect(try fixture.database.chunks(inPack: digest("1")) == chunks)
        try fixture.database.verify()
    }

    @Test func theFirstPackOfAChunkStays() throws {
        let fixture = try CatalogueFixture()
        try fixture.database.insert(pack: Self.pack("1"), chunks: [Self.chunk("c1")])
        try fixture.database.insert(pack: Self.pack("2"), chunks: [Self.chunk("c1", at: 7), Self.chunk("c2", at: 17)])
        #expect(try fixture.database.chunks([digest("c1")]).values.map(\.pack) == [digest("1")])
        #expect(try fixture.database.chunks([digest("c2")]).values.map(\.pack) == [digest("2")])
    }

    @Test func theirPacksAreBlobsOfTheSnapshot() throws {
        let fixture = try CatalogueFixture()
        try fixture.database.insert(pack: Self.pack("1"), chunks: [Self.chunk("c1")])
        try fixture.database.insert(pack: Self.pack("2"), chunks: [Self.chunk("c2")])
        try fixture.database.insert(pack: Self.pack("3"), chunks: [Self.chunk("c3")])
        let list = try blob("a")
        _ = try fixture.database.insert(
            .sample("aaaa"), adding: [list], referencing: [list.rawDigest],
            chunks: { visit in for name in ["c1", "c3", "c1"] { try visit(digest(name)) } }, isStored: { _ in true })
        let needed = [list, try Self.pack("1"), try Self.pack("3")]
        #expect(Set(try fixture.database.blobs(of: digest("aaaa"))) == Set(needed))
        #expect(try fixture.database.deleteUnreferencedBlobs() == [Self.pack("2")])
        #expect(try fixture.database.chunks([digest("c2")]).isEmpty)
        #expect(try fixture.database.chunks([digest("c1"), digest("c3")]).count == 2)
    }

    @Test(arguments: ["unknown chunk", "lost pack"]) func whatIsMissingIsRefused(_ trouble: String) throws {
        let fixture = try CatalogueFixture()
        try fixture.database.insert(pack: Self.pack("1"), chunks: [Self.chunk("c1")])
        let error = #expect(throws: CatalogueError.self) {
            _ = try fixture.database.insert(
                .sample("aaaa"), adding: [], referencing: [],
                chunks: { visit in try visit(digest(trouble == "lost pack" ? "c1" : "c2")) },
                isStored: { $0.kind != "pack" })
        }
        #expect(error?.code == .missingBlob)
        #expect(try fixture.database.snapshots().isEmpty)
    }
}
