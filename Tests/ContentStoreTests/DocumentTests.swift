// SPDX-License-Identifier: Apache-2.0

import ContentStore
import Foundation
import Hashing
import OCI
import Testing

@Suite struct DocumentTests {
    @Test func areNamedByTheirDigest() throws {
        let fixture = try StoreFixture()
        let bytes = Array(#"{"formatVersion":1}"#.utf8)
        let transaction = try fixture.store.begin(under: fixture.store.lock(.shared))
        let id = try transaction.writeDocument(bytes)
        #expect(try transaction.writeDocument(bytes) == id)
        #expect(try SHA256Hasher.digest(of: bytes) == id)
        #expect(try fixture.names(in: "snapshots") == ["\(id.hex).json"])
        #expect(try fixture.mode("snapshots/\(id.hex).json") == 0o444)
        #expect(try fixture.store.documentIDs() == [id])
        #expect(try fixture.store.readDocument(id) == bytes)
    }

    @Test func aDamagedOneIsNotRead() throws {
        let fixture = try StoreFixture()
        let transaction = try fixture.store.begin(under: fixture.store.lock(.shared))
        let id = try transaction.writeDocument(Array("{}".utf8))
        let path = fixture.path("snapshots/\(id.hex).json")
        try FileManager.default.removeItem(atPath: path)
        try Data("[]".utf8).write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: ContentStoreError.self) { try fixture.store.readDocument(id) }
        #expect(error?.code == .damaged)
    }

    @Test func areRemovedOnceAndForAll() throws {
        let fixture = try StoreFixture()
        let lock = try fixture.store.lock(.shared)
        let id = try fixture.store.begin(under: lock).writeDocument(Array("{}".utf8))
        try fixture.store.removeDocument(id, under: lock)
        try fixture.store.removeDocument(id, under: lock)
        #expect(try fixture.store.documentIDs().isEmpty)
        let error = #expect(throws: ContentStoreError.self) { try fixture.store.readDocument(id) }
        #expect(error?.code == .missing)
    }

    @Test func otherNamesAreNotTakenForDocuments() throws {
        let fixture = try StoreFixture()
        for name in ["note.txt", "abc.json", ".json", String(repeating: "a", count: 64)] {
            try Data().write(to: URL(fileURLWithPath: fixture.path("snapshots/" + name)))
            try Data().write(to: URL(fileURLWithPath: fixture.path("blobs/sha256/x" + name)))
        }
        #expect(try fixture.store.documentIDs().isEmpty)
        #expect(try fixture.store.blobDigests().isEmpty)
    }
}
