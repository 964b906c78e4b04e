// SPDX-License-Identifier: Apache-2.0

import ContentStore
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite struct SweepTests {
    @Test func liveTransactionsAreLeftAlone() throws {
        let fixture = try StoreFixture()
        let transaction = try fixture.store.begin(under: fixture.store.lock(.shared))
        let writer = try transaction.makeBlob()
        try writer.write([1, 2, 3])
        #expect(try Store.open(at: fixture.store.root).sweep().isEmpty)
        #expect(try writer.commit().isNew)
    }

    @Test func deadOnesAreRemovedWithAllThatIsInThem() throws {
        let fixture = try StoreFixture()
        let outside = fixture.folder.path("outside")
        try FileManager.default.createDirectory(
            atPath: fixture.path("tmp/dead/deep/deeper"), withIntermediateDirectories: true)
        try fixture.folder.write([1], to: "outside")
        try Data([1]).write(to: URL(fileURLWithPath: fixture.path("tmp/dead/lock")))
        try Data([1]).write(to: URL(fileURLWithPath: fixture.path("tmp/dead/deep/deeper/part-1")))
        try FileManager.default.createSymbolicLink(
            atPath: fixture.path("tmp/dead/link"), withDestinationPath: fixture.folder.path)
        try FileManager.default.createDirectory(
            atPath: fixture.path("tmp/unlocked"), withIntermediateDirectories: false)
        try Data([1]).write(to: URL(fileURLWithPath: fixture.path("tmp/stray")))
        #expect(try fixture.store.sweep() == ["dead", "stray", "unlocked"])
        #expect(try fixture.names(in: "tmp").isEmpty)
        #expect(FileManager.default.fileExists(atPath: outside))
    }

    @Test func aTransactionRemovesItsFolderAtItsEnd() throws {
        let fixture = try StoreFixture()
        let transaction = try fixture.store.begin(under: fixture.store.lock(.shared))
        try Data([1]).write(to: URL(fileURLWithPath: transaction.folder.appending("helper-file").string))
        transaction.end()
        transaction.end()
        #expect(try fixture.names(in: "tmp").isEmpty)
        #expect(throws: ContentStoreError.self) { try transaction.makeBlob() }
        do { _ = try fixture.store.begin(under: fixture.store.lock(.shared)) }
        #expect(try fixture.names(in: "tmp").isEmpty)
    }

    @Test func sweepsAndBeginningsAtTheSameTimeDoNotDisturbEachOther() async throws {
        let fixture = try StoreFixture()
        let store = fixture.store
        try await withThrowingTaskGroup { group in
            for worker in 0..<8 {
                group.addTask {
                    for round in 0..<15 {
                        if worker % 2 == 0 {
                            try store.sweep()
                        } else {
                            let transaction = try store.begin(under: store.lock(.shared))
                            _ = try transaction.putBlob(Array("\(worker)/\(round)".utf8))
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try store.blobDigests().count == 60)
        #expect(try fixture.names(in: "tmp").isEmpty)
    }
}
