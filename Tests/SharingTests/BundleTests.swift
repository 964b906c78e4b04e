// SPDX-License-Identifier: Apache-2.0

import Archive
import Catalogue
import ContentStore
import EnvironmentModel
import Foundation
import Hashing
import JSONTree
import OCI
import Snapshots
import Steps
import SystemPackage
import TestSupport
import Testing

@testable import Sharing

@Suite struct BundleTests {
    static let contents = [Array("one".utf8), noise(700_000, seed: 1), [UInt8](repeating: 7, count: 3_000_000), []]

    @Test func `a snapshot comes out of a bundle as it went in`() throws {
        let (from, to) = (try SharedStore(), try SharedStore())
        let snapshot = try from.snapshot(Self.contents, name: "before")
        let received = try to.take(try from.bundle(snapshot))
        #expect(received.id == snapshot.id && received.name == "before" && !received.wasPresent)
        #expect(try to.library.document(snapshot.id) == from.library.document(snapshot.id))
        #expect(try to.contents(snapshot.id) == Self.contents)
        #expect(try to.library.check(depth: .data).problems.isEmpty)
        #expect(try to.library.find("before").origin == SharedStore.origin)
        #expect(try from.library.find("before").origin == nil)
    }

    @Test func `the same snapshot gives the same bytes, in whatever store`() throws {
        let (from, to) = (try SharedStore(), try SharedStore())
        try to.snapshot([noise(10, seed: 9)])
        let snapshot = try from.snapshot(Self.contents)
        let bundle = try from.bundle(snapshot)
        #expect(try from.bundle(snapshot) == bundle)
        try to.take(bundle)
        #expect(try to.bundle(to.library.find(snapshot.id.hex)) == bundle)
    }

    @Test func `a second import changes nothing and says so`() throws {
        let (from, to) = (try SharedStore(), try SharedStore())
        let bundle = try from.bundle(try from.snapshot(Self.contents, name: "before"))
        try to.take(bundle)
        let again = try to.take(bundle)
        #expect(again.wasPresent && again.name == "before" && again.account.stored == 0)
        // What was captured here stays that, even when it comes back.
        #expect(try from.take(bundle).wasPresent)
        #expect(try from.library.find("before").origin == nil)
    }

    @Test func `a name that is taken or looks like an id is left behind`() throws {
        let to = try SharedStore()
        let own = try to.snapshot([noise(10, seed: 3)], name: "before")
        for name in ["before", String(own.id.hex.prefix(8)), "sha256:\(own.id.hex)"] {
            let from = try SharedStore()
            let snapshot = try from.snapshot([Array(name.utf8)], name: name)
            let received = try to.take(try from.bundle(snapshot))
            #expect(received.name == nil && received.refusedName == name)
            #expect(try to.library.find(name).id == own.id)
            #expect(try to.library.find(snapshot.id.hex).name == nil)
        }
    }

    @Test func `since leaves out what the base has, and import names the base that is missing`() throws {
        let (from, to) = (try SharedStore(), try SharedStore())
        let base = try from.snapshot([Self.contents[1]], name: "base")
        let next = try from.snapshot(
            [Self.contents[1], Array("new".utf8)], name: "next", capturedAt: "2026-11-02T10:00:00Z")
        let small = try from.bundle(next, since: [base])
        #expect(small.count < 100_000)
        let error = #expect(throws: SharingError.self) { try to.take(small) }
        #expect(error?.code == .needsBase)
        #expect(error?.message.contains(base.id.hex) == true)
        #expect(try to.snapshotIDs.isEmpty)
        try to.take(try from.bundle(base))
        try to.take(small)
        #expect(try to.contents(next.id) == [Self.contents[1], Array("new".utf8)])
    }

    @Test func `a damaged blob is not exported`() throws {
        let from = try SharedStore()
        let snapshot = try from.snapshot(Self.contents)
        let blob = try #require(try from.library.catalogue.blobs(of: snapshot.id).max { $0.storedSize < $1.storedSize })
        let file = from.library.store.blobPath(blob.storedDigest)
        var bytes = try Data(contentsOf: URL(filePath: file.string))
        bytes[100] ^= 1
        try FileManager.default.removeItem(atPath: file.string)
        try bytes.write(to: URL(filePath: file.string))
        let error = #expect(throws: ContentStoreError.self) { try from.bundle(snapshot) }
        #expect(error?.code == .damaged)
    }

    @Test func `a file that is missing in the store comes back with an import`() throws {
        let from = try SharedStore()
        let snapshot = try from.snapshot(Self.contents, name: "before")
        let bundle = try from.bundle(snapshot)
        for blob in try from.library.catalogue.blobs(of: snapshot.id) {
            try FileManager.default.removeItem(atPath: from.library.store.blobPath(blob.storedDigest).string)
        }
        #expect(try from.take(bundle).wasPresent)
        #expect(try from.contents(snapshot.id) == Self.contents)
    }

    @Test func `an interruption leaves nothing that shows`() throws {
        let (from, to) = (try SharedStore(), try SharedStore())
        let bundle = try from.bundle(try from.snapshot(Self.contents))
        let cancellation = Cancellation()
        var rest = bundle[...]
        #expect(throws: CancellationError.self) {
            let reader = try BundleReader { buffer in
                let portion = rest.prefix(min(buffer.count, 65536))
                buffer.copyBytes(from: portion)
                rest = rest.dropFirst(portion.count)
                if rest.count < 400_000 { cancellation.cancel() }
                return portion.count
            }
            _ = try BundleImporter(library: to.library, report: .silent)
                .take(reader, origin: SharedStore.origin, cancellation: cancellation)
        }
        #expect(try to.snapshotIDs.isEmpty)
        #expect(try to.library.store.documentIDs().isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: to.folder.path("store/tmp")).isEmpty)
        try to.take(bundle)
        #expect(try to.library.check(depth: .data).problems.isEmpty)
    }
}
