// SPDX-License-Identifier: Apache-2.0

import ContentStore
import Foundation
import Hashing
import OCI
import SystemPackage
import TestSupport
import Testing

@Suite struct BlobTests {
    @Test(arguments: [0, 1, 4_096, 3_000_001])
    func areStoredUnderTheDigestThatSha256sumGives(_ size: Int) throws {
        let fixture = try StoreFixture()
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let transaction = try fixture.store.begin(under: fixture.store.lock(.shared))
        let writer = try transaction.makeBlob()
        for start in stride(from: 0, to: size, by: 100_000) {
            try writer.write(bytes[start..<min(start + 100_000, size)])
        }
        #expect(writer.size == Int64(size))
        let stored = try writer.commit()
        #expect(stored.isNew)
        #expect(stored.size == Int64(size))

        let names = try fixture.names(in: "blobs/sha256")
        #expect(names == [stored.digest.hex])
        #expect(try Tool.run("sha256sum", fixture.path("blobs/sha256/\(stored.digest.hex)")).prefix(64) == names[0])
        #expect(try fixture.mode("blobs/sha256/\(stored.digest.hex)") == 0o444)
        #expect(try fixture.store.openBlob(stored.digest).readAll(by: 70_001) == bytes)
        #expect(try fixture.store.readBlob(stored.digest) == bytes)
        #expect(try fixture.store.blobSize(stored.digest) == Int64(size))
        #expect(try fixture.store.blobDigests() == [stored.digest])
        #expect(try fixture.names(in: "tmp/\(transaction.id)") == ["lock"])
    }

    @Test func areStoredOnce() throws {
        let fixture = try StoreFixture()
        let first = try fixture.put("hello")
        let before = try FileManager.default.attributesOfItem(atPath: fixture.store.blobPath(first).string)
        let transaction = try fixture.store.begin(under: fixture.store.lock(.shared))
        let second = try transaction.putBlob(Array("hello".utf8))
        #expect(!second.isNew)
        #expect(second.digest == first)
        let after = try FileManager.default.attributesOfItem(atPath: fixture.store.blobPath(first).string)
        #expect(before[.systemFileNumber] as? NSNumber == after[.systemFileNumber] as? NSNumber)
        #expect(try fixture.names(in: "tmp/\(transaction.id)") == ["lock"])
    }

    @Test func aTruncatedOneIsReplacedByTheSameBlob() throws {
        let fixture = try StoreFixture()
        let digest = try fixture.put("hello")
        try fixture.overwrite(digest, with: "he")
        #expect(try fixture.put("hello") == digest)
        #expect(try fixture.store.readBlob(digest) == Array("hello".utf8))
    }

    @Test func areRefusedWhenNotAsAnnounced() throws {
        let fixture = try StoreFixture()
        let transaction = try fixture.store.begin(under: fixture.store.lock(.shared))
        let other = try SHA256Hasher.digest(of: Array("other".utf8))
        let byDigest = #expect(throws: ContentStoreError.self) {
            try transaction.putBlob(Array("hello".utf8), expected: other)
        }
        #expect(byDigest?.code == .mismatch)
        #expect(byDigest?.digest == other)
        let writer = try transaction.makeBlob()
        try writer.write(Array("hello".utf8))
        let bySize = #expect(throws: ContentStoreError.self) { try writer.commit(expectedSize: 6) }
        #expect(bySize?.code == .mismatch)
        #expect(try fixture.names(in: "blobs/sha256").isEmpty)
        #expect(try fixture.names(in: "tmp/\(transaction.id)") == ["lock"])
        #expect(throws: ContentStoreError.self) { try writer.write([1]) }
    }

    @Test func leaveNothingWhenAbandonedOrDropped() throws {
        let fixture = try StoreFixture()
        let transaction = try fixture.store.begin(under: fixture.store.lock(.shared))
        let abandoned = try transaction.makeBlob()
        try abandoned.write([1, 2, 3])
        abandoned.abandon()
        do {
            let dropped = try transaction.makeBlob()
            try dropped.write([1, 2, 3])
        }
        #expect(try fixture.names(in: "tmp/\(transaction.id)") == ["lock"])
        let error = #expect(throws: ContentStoreError.self) { try abandoned.commit() }
        #expect(error?.code == .misuse)
    }

    @Test func severalAreWrittenAtTheSameTime() throws {
        let fixture = try StoreFixture()
        let transaction = try fixture.store.begin(under: fixture.store.lock(.shared))
        let writers = try (0..<5).map { _ in try transaction.makeBlob() }
        for (number, writer) in writers.enumerated() { try writer.write([UInt8(number)]) }
        let digests = try writers.map { try $0.commit().digest }
        #expect(Set(digests).count == 5)
        #expect(try fixture.store.blobDigests() == digests.sorted())
    }

    @Test func areRemovedUnderAnExclusiveLockAlone() throws {
        let fixture = try StoreFixture()
        let digest = try fixture.put("hello")
        do {
            let shared = try fixture.store.lock(.shared)
            let error = #expect(throws: ContentStoreError.self) { try fixture.store.removeBlob(digest, under: shared) }
            #expect(error?.code == .misuse)
        }
        let lock = try fixture.store.lock(.exclusive)
        try fixture.store.removeBlob(digest, under: lock)
        try fixture.store.removeBlob(digest, under: lock)
        #expect(try fixture.store.blobDigests().isEmpty)
        lock.release()
        #expect(throws: ContentStoreError.self) { try fixture.store.removeBlob(digest, under: lock) }
    }

    @Test func aFileOfAnotherProcessIsTaken() throws {
        let fixture = try StoreFixture()
        let transaction = try fixture.store.begin(under: fixture.store.lock(.shared))
        try Data("from a helper".utf8).write(to: URL(fileURLWithPath: transaction.folder.appending("layer").string))
        let stored = try transaction.adoptBlob(fileNamed: "layer", expectedSize: 13)
        #expect(try fixture.store.readBlob(stored.digest) == Array("from a helper".utf8))
        #expect(try fixture.names(in: "tmp/\(transaction.id)") == ["lock"])
    }

    @Test(arguments: ["../lock", "..", "lock", "", "a/b", "absent", "link"])
    func onlyAFileInTheFolderIsTaken(_ name: String) throws {
        let fixture = try StoreFixture()
        let transaction = try fixture.store.begin(under: fixture.store.lock(.shared))
        try FileManager.default.createSymbolicLink(
            atPath: transaction.folder.appending("link").string, withDestinationPath: "/etc/passwd")
        #expect(throws: ContentStoreError.self) { try transaction.adoptBlob(fileNamed: name) }
        #expect(try fixture.store.blobDigests().isEmpty)
    }
}
