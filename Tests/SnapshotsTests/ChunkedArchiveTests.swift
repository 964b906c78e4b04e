// SPDX-License-Identifier: Apache-2.0

import Archive
import Catalogue
import ContentStore
import EnvironmentModel
import Foundation
import Hashing
import OCI
import TestSupport
import Testing

@testable import Snapshots

@Suite struct ChunkedArchiveTests {
    @Test(arguments: [0, 1, 131_072, 3_000_000, 20_000_000]) func `what is put is what is read`(_ size: Int) throws {
        let fixture = try LibraryFixture()
        let bytes = LibraryFixture.noise(size)
        let (id, archive, account) = try fixture.snapshot(archive: bytes)
        #expect(archive.size == Int64(size))
        #expect(try fixture.read(archive) == bytes)
        #expect(account.read == Int64(size))
        #expect(account.new == Int64(size))
        #expect(account.stored == Int64(try fixture.storedSize()))
        #expect(try fixture.library.document(id) == LibraryFixture.document([archive]))
        #expect(try fixture.library.check(depth: .data).problems == [])
    }

    @Test(.enabled(if: Tool.exists("zstd"))) func `zstd and sha256sum agree with what is stored`() throws {
        let fixture = try LibraryFixture()
        let bytes = Array((0..<60_000).map { "line \($0)\n" }.joined().utf8)
        try fixture.snapshot(archive: bytes)
        let pack = try #require(try fixture.packs().first)
        #expect(try Tool.sha256(pack) == String(pack.suffix(64)))
        #expect(Array(try Tool.run("zstd", "-dc", pack).utf8) == bytes)
    }

    @Test func `the same again makes nothing grow`() throws {
        let fixture = try LibraryFixture()
        let bytes = LibraryFixture.noise(5_000_000)
        let first = try fixture.snapshot(archive: bytes)
        let files = fixture.blobFiles
        let second = try fixture.snapshot(archive: bytes, capturedAt: "2026-11-02T10:00:00Z")
        #expect(second.archive == first.archive)
        #expect(second.account.read == 5_000_000)
        #expect(second.account.new == 0)
        #expect(second.account.stored == 0)
        #expect(fixture.blobFiles == files)
    }

    @Test func `a small change makes it grow by little`() throws {
        let fixture = try LibraryFixture()
        var bytes = LibraryFixture.noise(64 << 20)
        try fixture.snapshot(archive: bytes)
        let before = try fixture.storedSize()
        bytes.replaceSubrange(20_000_000..<21_000_000, with: LibraryFixture.noise(1_000_000, seed: 2))
        bytes.insert(contentsOf: [1, 2, 3], at: 50_000_000)
        let second = try fixture.snapshot(archive: bytes, capturedAt: "2026-11-02T10:00:00Z")
        #expect(try fixture.storedSize() - before < 2_000_000)
        #expect(second.account.stored == Int64(try fixture.storedSize() - before))
        #expect(second.account.new < 2_000_000)
        #expect(try fixture.read(second.archive) == bytes)
    }

    /// An archive is named by its bytes and the fixed rules, whatever was in the store before.
    @Test func `the name of an archive depends on its bytes alone`() throws {
        let bytes = LibraryFixture.noise(3_000_000)
        let fresh = try LibraryFixture()
        let used = try LibraryFixture()
        try used.snapshot(archive: Array(bytes.dropFirst(1_000_000)))
        let archive = try fresh.snapshot(archive: bytes).archive
        #expect(try used.snapshot(archive: bytes, capturedAt: "2026-11-02T10:00:00Z").archive == archive)
        #expect(archive.digest.hex == Self.golden)
    }

    static let golden = "db1316f661bc478c98ec5ff9ea6046595927d62676b9c9519c11b08d570862ab"

    @Test func `a large file is cut the same wherever it lies`() throws {
        let fixture = try LibraryFixture()
        let content = LibraryFixture.noise(1_000_000)
        func put(after count: Int, in transaction: SnapshotTransaction) throws -> DataArchive {
            try transaction.putArchive { sink in
                try LibraryFixture.noise(count, seed: 9).withUnsafeBytes { try sink.write($0) }
                _ = try sink.contentBegins(nil)
                try content.withUnsafeBytes { try sink.write($0) }
                try sink.contentEnds(isReliable: true)
                try [UInt8](repeating: 0, count: 1024).withUnsafeBytes { try sink.write($0) }
                return PackSummary()
            }.archive
        }
        let transaction = try fixture.library.begin()
        defer { transaction.end() }
        let first = try put(after: 512, in: transaction)
        let new = transaction.account.new
        let second = try put(after: 513, in: transaction)
        #expect(first.digest != second.digest)
        #expect(transaction.account.new - new == 513)
        _ = try transaction.commit(LibraryFixture.document([first, second]))
        #expect(
            try fixture.read(first) == LibraryFixture.noise(512, seed: 9) + content + [UInt8](repeating: 0, count: 1024)
        )
        #expect(try fixture.read(second).count == 513 + 1_000_000 + 1024)
    }

    @Test func `two at once write a chunk and both are read`() throws {
        let fixture = try LibraryFixture()
        let bytes = LibraryFixture.noise(2_000_000)
        let (one, other) = (try fixture.library.begin(), try fixture.reopened().begin())
        let first = try LibraryFixture.put(archive: bytes, in: one)
        let second = try LibraryFixture.put(archive: bytes + [1], in: other)
        _ = try one.commit(LibraryFixture.document([first]))
        let id = try other.commit(LibraryFixture.document([second], capturedAt: "2026-11-02T10:00:00Z"))
        #expect(try fixture.packs().count == 2)
        #expect(try fixture.library.catalogue.blobs(of: id).filter { $0.kind == "pack" }.count == 2)
        #expect(try fixture.read(second) == bytes + [1])
        #expect(try fixture.library.collectGarbage(isDryRun: false).blobs == 0)
    }

    @Test func `packs end when they are full`() throws {
        let fixture = try LibraryFixture()
        let lock = try fixture.library.store.lock(.shared)
        let transaction = try fixture.library.store.begin(under: lock)
        defer { transaction.end() }
        let packs = PackSet(catalogue: fixture.library.catalogue, store: fixture.library.store, fullSize: 1 << 20) {
            try transaction.makeBlob()
        }
        for seed in 0..<10 {
            let chunk = LibraryFixture.noise(300_000, seed: UInt64(seed))
            let digest = try SHA256Hasher.digest(of: chunk)
            #expect(try chunk.withUnsafeBytes { try packs.add([$0, $0], digests: [digest, digest]) } == 300_000)
            #expect(try chunk.withUnsafeBytes { try packs.add([$0], digests: [digest]) } == 0)
        }
        try packs.finish()
        try packs.finish()
        #expect(try fixture.packs().count == 3)
        for blob in try fixture.library.catalogue.allBlobs() {
            let pack = try fixture.library.store.openForRandomAccess(blob.storedDigest)
            #expect(try PackIndex.read(pack) == (try fixture.library.catalogue.chunks(inPack: blob.rawDigest)))
        }
    }

    @Test func `the producer's error is thrown, and gc removes what was written`() throws {
        struct Broken: Error {}
        let fixture = try LibraryFixture()
        let transaction = try fixture.library.begin()
        #expect(throws: Broken.self) {
            _ = try transaction.putArchive { sink in
                try LibraryFixture.noise(10_000_000).withUnsafeBytes { try sink.write($0) }
                throw Broken()
            }
        }
        transaction.end()
        _ = try fixture.library.collectGarbage(isDryRun: false)
        #expect(fixture.blobFiles.isEmpty)
    }
}
