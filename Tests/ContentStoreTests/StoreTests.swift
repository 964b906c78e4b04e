// SPDX-License-Identifier: Apache-2.0

import ContentStore
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite struct StoreTests {
    @Test func isMadeWithTheFixedLayoutForThisUserAlone() throws {
        let fixture = try StoreFixture()
        #expect(try fixture.names(in: "") == ["blobs", "lock", "snapshots", "tmp"])
        #expect(try fixture.names(in: "blobs") == ["sha256"])
        for name in ["", "blobs", "blobs/sha256", "snapshots", "tmp"] { #expect(try fixture.mode(name) == 0o700) }
        #expect(try fixture.mode("lock") == 0o600)
        #expect(fixture.store.cataloguePath == fixture.store.root.appending("catalogue.sqlite"))
    }

    @Test func isMadeWithTheFoldersAboveIt() throws {
        let folder = try TemporaryFolder()
        let store = try Store.openOrCreate(at: FilePath(folder.path("a/b/c")))
        #expect(try Store.open(at: FilePath(folder.path("a/b/c"))).root == store.root)
    }

    @Test func isMadeInAnEmptyFolderWhichIsClosedToOthers() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.path("s"), withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
        _ = try Store.openOrCreate(at: FilePath(folder.path("s")))
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.path("s"))
        #expect(attributes[.posixPermissions] as? NSNumber == 0o700)
    }

    @Test func isFoundThroughASymbolicLink() throws {
        let fixture = try StoreFixture()
        let link = fixture.folder.path("link")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: fixture.path(""))
        #expect(try Store.open(at: FilePath(link)).root == fixture.store.root)
    }

    @Test func isNotMadeByOpening() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: ContentStoreError.self) { try Store.open(at: FilePath(folder.path("no"))) }
        #expect(error?.code == .notAStore)
        #expect(!FileManager.default.fileExists(atPath: folder.path("no")))
    }

    @Test func isNotMadeAmongOtherFiles() throws {
        let folder = try TemporaryFolder()
        try folder.write([1], to: "letter.txt")
        let opened = #expect(throws: ContentStoreError.self) { try Store.open(at: FilePath(folder.path)) }
        let made = #expect(throws: ContentStoreError.self) { try Store.openOrCreate(at: FilePath(folder.path)) }
        #expect(opened?.code == .notAStore)
        #expect(made?.code == .notAStore)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["letter.txt"])
    }

    @Test func isNotAFile() throws {
        let folder = try TemporaryFolder()
        try folder.write([1], to: "file")
        #expect(throws: ContentStoreError.self) { try Store.openOrCreate(at: FilePath(folder.path("file"))) }
    }

    @Test(arguments: ["", "blobs", "blobs/sha256", "snapshots", "tmp", "lock"])
    func isRefusedWhenOthersMayEnter(_ name: String) throws {
        let fixture = try StoreFixture()
        try FileManager.default.setAttributes([.posixPermissions: 0o750], ofItemAtPath: fixture.path(name))
        let error = #expect(throws: ContentStoreError.self) { try Store.open(at: fixture.store.root) }
        #expect(error?.code == .unsafe)
        #expect(error?.message.contains("chmod go= ") == true)
    }

    @Test(.enabled(if: isRoot), arguments: ["", "blobs/sha256", "lock"])
    func isRefusedWhenItBelongsToAnotherUser(_ name: String) throws {
        let fixture = try StoreFixture()
        try FileManager.default.setAttributes([.ownerAccountID: 12345], ofItemAtPath: fixture.path(name))
        let error = #expect(throws: ContentStoreError.self) { try Store.openOrCreate(at: fixture.store.root) }
        #expect(error?.code == .unsafe)
        #expect(error?.message.contains("belongs to user 12345") == true)
    }

    @Test(.enabled(if: isRoot)) func anEmptyFolderOfAnotherUserIsLeftAsItIs() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.path("s"), withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o755, .ownerAccountID: 12345])
        #expect(throws: ContentStoreError.self) { try Store.openOrCreate(at: FilePath(folder.path("s"))) }
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.path("s"))
        #expect(attributes[.posixPermissions] as? NSNumber == 0o755)
    }

    @Test func aFolderReplacedByALinkIsRefused() throws {
        let fixture = try StoreFixture()
        try FileManager.default.removeItem(atPath: fixture.path("tmp"))
        try FileManager.default.createSymbolicLink(
            atPath: fixture.path("tmp"), withDestinationPath: fixture.folder.path)
        #expect(throws: ContentStoreError.self) { try Store.open(at: fixture.store.root) }
    }

    @Test func aMissingFolderIsMadeAgain() throws {
        let fixture = try StoreFixture()
        try FileManager.default.removeItem(atPath: fixture.path("tmp"))
        _ = try Store.open(at: fixture.store.root)
        #expect(try fixture.names(in: "tmp").isEmpty)
    }

    @Test func tellsHowMuchSpaceIsLeft() throws {
        let fixture = try StoreFixture()
        let told = try fixture.store.availableBytes()
        let text = try Tool.run("df", "--output=avail", "-B1", fixture.store.root.string)
        let expected = try #require(Int64(text.split(whereSeparator: \.isWhitespace).last ?? ""))
        #expect(abs(told - expected) < 1 << 30)
    }
}
