// SPDX-License-Identifier: Apache-2.0

import Catalogue
import OCI
import Testing

@Suite struct BlobTests {
    @Test func areFoundManyAtOnce() throws {
        let fixture = try CatalogueFixture()
        let blobs = try (0..<2_000).map { try blob(String(0x1000 + $0, radix: 16)) }
        try fixture.insert(.sample("aaaa"), blobs: blobs)
        let asked = try blobs.map(\.rawDigest) + [digest("ffff")]
        let found = try fixture.database.blobs(rawDigests: asked)
        #expect(found.count == 2_000)
        #expect(found[blobs[7].rawDigest] == blobs[7])
        #expect(try fixture.database.blobs(rawDigests: []).isEmpty)
        #expect(Set(try fixture.database.allBlobs()) == Set(blobs))
    }

    @Test func aBlobStoredAnotherWayReplacesItsRow() throws {
        let fixture = try CatalogueFixture()
        let compressed = try blob("1")
        let plain = BlobRecord(uncompressed: compressed.rawDigest, size: compressed.rawSize)
        try fixture.insert(.sample("aaaa"), blobs: [compressed])
        try fixture.insert(.sample("bbbb"), blobs: [plain])
        let row = try #require(try fixture.database.allBlobs().first)
        #expect(row.storedDigest == plain.storedDigest)
        #expect(row.encoding == .none)
        #expect(row.kind == "layer")
        #expect(try fixture.database.storedDigests() == [plain.storedDigest])
        #expect(try fixture.database.blobs(of: digest("aaaa")) == [row])
    }

    @Test func thoseThatNoSnapshotNeedsAreFoundAndRemoved() throws {
        let fixture = try CatalogueFixture()
        let own = try blob("1")
        let shared = try blob("2")
        let image = KnownImage(imageID: try digest("9"), configDigest: own.rawDigest, reference: "a:b")
        try fixture.insert(.sample("aaaa"), blobs: [own, shared], images: [image])
        try fixture.insert(.sample("bbbb"), blobs: [shared])
        #expect(try fixture.database.unreferencedBlobs().isEmpty)
        #expect(try fixture.database.blobs(onlyOf: digest("aaaa")) == [own])
        #expect(try fixture.database.blobs(onlyOf: digest("bbbb")).isEmpty)

        try fixture.database.deleteSnapshot(digest("aaaa"))
        #expect(try fixture.database.unreferencedBlobs() == [own])
        #expect(try fixture.database.deleteUnreferencedBlobs() == [own])
        #expect(try fixture.database.deleteUnreferencedBlobs().isEmpty)
        #expect(try fixture.database.storedDigests() == [shared.storedDigest])
        #expect(try fixture.database.images(ids: [image.imageID]).isEmpty)
        try fixture.database.verify()
    }

    @Test func imagesAreFoundByTheIDOfAnyEngine() throws {
        let fixture = try CatalogueFixture()
        let config = try blob("c")
        let classic = KnownImage(imageID: config.rawDigest, configDigest: config.rawDigest, reference: "postgres:13")
        let containerd = KnownImage(imageID: try digest("d"), configDigest: config.rawDigest)
        try fixture.insert(.sample("aaaa"), blobs: [config], images: [classic])
        try fixture.database.put(containerd)
        var renamed = containerd
        renamed.reference = "postgres:13"
        try fixture.database.put(renamed)
        try fixture.database.put(containerd)
        let found = try fixture.database.images(ids: [classic.imageID, containerd.imageID, digest("e")])
        #expect(found == [classic.imageID: classic, containerd.imageID: renamed])
    }

    @Test func anImageWithoutItsConfigurationIsRefused() throws {
        let fixture = try CatalogueFixture()
        let error = #expect(throws: CatalogueError.self) {
            try fixture.database.put(KnownImage(imageID: digest("1"), configDigest: digest("2")))
        }
        #expect(error?.code == .missingBlob)
    }

    @Test func aPlainBlobIsStoredUnderItsOwnDigest() throws {
        let fixture = try CatalogueFixture()
        var wrong = BlobRecord(uncompressed: try digest("1"), size: 5)
        wrong.storedDigest = try digest("2")
        #expect(throws: CatalogueError.self) { try fixture.insert(.sample("aaaa"), blobs: [wrong]) }
    }
}
