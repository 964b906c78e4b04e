// SPDX-License-Identifier: Apache-2.0

import ContentStore
import Foundation
import Hashing
import OCI
import SystemPackage
import TestSupport
import Testing

@Suite struct DamageTests {
    static let content = String(repeating: "0123456789", count: 100)

    static let damages: [String] = [
        String(content.dropLast()) + "x",
        "x" + content.dropFirst(),
        String(content.dropLast()),
        content + "x",
        "",
    ]

    @Test(arguments: damages)
    func isFoundBeforeTheLastBytesAreHandedOut(_ damaged: String) throws {
        let fixture = try StoreFixture()
        let digest = try fixture.put(Self.content)
        try fixture.overwrite(digest, with: damaged)

        let reader = try fixture.store.openBlob(digest)
        var read = 0
        let error = #expect(throws: ContentStoreError.self) {
            while true {
                let chunk = try reader.readChunk(upTo: 100)
                if chunk.isEmpty { break }
                read += chunk.count
            }
        }
        #expect(error?.code == .damaged)
        #expect(error?.digest == digest)
        #expect(error?.message.contains("envsnap check") == true)
        #expect(read < max(1, damaged.utf8.count))
        #expect(throws: ContentStoreError.self) { try reader.readChunk() }
    }

    @Test(arguments: damages)
    func isFoundBeforeTheFirstByteWhenAskedFor(_ damaged: String) throws {
        let fixture = try StoreFixture()
        let digest = try fixture.put(Self.content)
        try fixture.overwrite(digest, with: damaged)
        let error = #expect(throws: ContentStoreError.self) {
            try fixture.store.openBlob(digest, verification: .beforeReading)
        }
        #expect(error?.code == .damaged)
        #expect(throws: ContentStoreError.self) { try fixture.store.readBlob(digest) }
    }

    @Test func aSoundBlobIsReadAfterVerification() throws {
        let fixture = try StoreFixture()
        let digest = try fixture.put(Self.content)
        let reader = try fixture.store.openBlob(digest, expectedSize: 1_000, verification: .beforeReading)
        #expect(try reader.readAll(by: 33) == Array(Self.content.utf8))
        #expect(reader.size == 1_000)
    }

    @Test func aWrongSizeIsFoundWhenOpening() throws {
        let fixture = try StoreFixture()
        let digest = try fixture.put(Self.content)
        let error = #expect(throws: ContentStoreError.self) {
            try fixture.store.openBlob(digest, expectedSize: 999)
        }
        #expect(error?.code == .damaged)
    }

    @Test func anAbsentBlobIsMissing() throws {
        let fixture = try StoreFixture()
        let digest = try SHA256Hasher.digest(of: [1, 2, 3])
        let error = #expect(throws: ContentStoreError.self) { try fixture.store.openBlob(digest) }
        #expect(error?.code == .missing)
        #expect(try fixture.store.blobSize(digest) == nil)
        #expect(try fixture.store.checkBlob(digest, depth: .data) == .missing)
    }

    @Test func checksGoAsDeepAsAskedFor() throws {
        let fixture = try StoreFixture()
        let digest = try fixture.put(Self.content)
        #expect(try fixture.store.checkBlob(digest, depth: .data) == .intact(size: 1_000))
        try fixture.overwrite(digest, with: "x" + Self.content.dropFirst())
        #expect(try fixture.store.checkBlob(digest, expectedSize: 1_000, depth: .size) == .intact(size: 1_000))
        guard case .damaged = try fixture.store.checkBlob(digest, depth: .data) else {
            Issue.record("the damage was not found")
            return
        }
    }

    @Test(arguments: ["link", "folder", "fifo"])
    func whatIsNoFileIsDamage(_ kind: String) throws {
        let fixture = try StoreFixture()
        let digest = try fixture.put(Self.content)
        let path = fixture.store.blobPath(digest).string
        try FileManager.default.moveItem(atPath: path, toPath: fixture.folder.path("moved"))
        switch kind {
        case "link": try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "../../../moved")
        case "folder": try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        default: try Tool.run("mkfifo", path)
        }
        let error = #expect(throws: ContentStoreError.self) { try fixture.store.openBlob(digest) }
        #expect(error?.code == .damaged)
    }

    @Test func aBlobTooLargeForMemoryIsNotRead() throws {
        let fixture = try StoreFixture()
        let digest = try fixture.put(Self.content)
        let error = #expect(throws: ContentStoreError.self) { try fixture.store.readBlob(digest, limit: 999) }
        #expect(error?.code == .failed)
    }
}
