// SPDX-License-Identifier: Apache-2.0

import Catalogue
import ContentStore
import EnvironmentModel
import Foundation
import Hashing
import OCI
import Snapshots
import TestSupport
import Testing

@Suite struct BlobTests {
    @Test(arguments: [0, 1, 1000, 300_000, 1_500_000]) func `what is put is what is read`(_ size: Int) throws {
        let fixture = try LibraryFixture()
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 9) }
        let transaction = try fixture.library.begin()
        defer { transaction.end() }
        let blob = try transaction.putBlob(kind: "data") { sink in
            for start in stride(from: 0, to: size, by: 4096) {
                try bytes[start..<min(start + 4096, size)].withUnsafeBytes { try sink($0) }
            }
        }.blob
        #expect(blob.rawSize == Int64(size))
        #expect(blob.rawDigest == (try SHA256Hasher.digest(of: bytes)))
        var document = LibraryFixture.document()
        document.trees = [
            .init(
                path: "/a", isFile: true, excluded: [],
                data: .init(
                    digest: blob.rawDigest, size: blob.rawSize, entries: 1, contentBytes: 1))
        ]
        _ = try transaction.commit(document)
        #expect(try fixture.library.readBlob(blob.rawDigest) == bytes)
        #expect(try fixture.library.openBlob(blob.rawDigest).size == Int64(size))
    }

    @Test(.enabled(if: Tool.exists("zstd"))) func `zstd and sha256sum agree with what is stored`() throws {
        let fixture = try LibraryFixture()
        let text = String(repeating: "the same again ", count: 5000)
        try fixture.snapshot([text])
        let digest = try SHA256Hasher.digest(of: Array(text.utf8))
        let file = try fixture.file(of: digest)
        #expect(try Tool.sha256(file) == String(file.suffix(64)))
        #expect(try Tool.run("zstd", "-dc", file) == text)
        let size = try #require(FileManager.default.attributesOfItem(atPath: file)[.size] as? Int)
        #expect(size < text.utf8.count / 10)
    }

    @Test func `the same content is stored once`() throws {
        let fixture = try LibraryFixture()
        let first = try fixture.library.begin()
        _ = try LibraryFixture.put("content", in: first)
        #expect(first.account.new == 7)
        #expect(first.account.stored > 0)
        _ = try LibraryFixture.put("content", in: first)
        #expect(first.account.read == 14)
        #expect(first.account.new == 7)
        _ = try first.commit(LibraryFixture.document())
        let files = fixture.blobFiles
        let second = try fixture.library.begin()
        _ = try LibraryFixture.put("content", in: second)
        #expect(second.account.new == 0)
        #expect(second.account.stored == 0)
        #expect(second.account.read == 7)
        second.end()
        #expect(fixture.blobFiles == files)
    }

    @Test func `what has another digest than was said is not kept`() throws {
        let fixture = try LibraryFixture()
        let transaction = try fixture.library.begin()
        let other = try SHA256Hasher.digest(of: Array("other".utf8))
        let error = #expect(throws: SnapshotError.self) {
            try LibraryFixture.put("content", in: transaction, expected: other)
        }
        #expect(error?.code == .damaged)
        #expect(try !transaction.has(other))
        #expect(fixture.blobFiles.isEmpty)
        #expect(transaction.account.read == 0)
        transaction.end()
    }

    @Test func `the producer's error is thrown and nothing is kept`() throws {
        struct Broken: Error {}
        let fixture = try LibraryFixture()
        let transaction = try fixture.library.begin()
        #expect(throws: Broken.self) {
            try transaction.putBlob(kind: "data") { sink in
                try [UInt8](repeating: 1, count: 1000).withUnsafeBytes { try sink($0) }
                throw Broken()
            }
        }
        transaction.end()
        #expect(fixture.blobFiles.isEmpty)
    }

    @Test func `a transaction knows what it and others have stored`() throws {
        let fixture = try LibraryFixture()
        try fixture.snapshot(["old"])
        let transaction = try fixture.library.begin()
        defer { transaction.end() }
        let old = try SHA256Hasher.digest(of: Array("old".utf8))
        let new = try SHA256Hasher.digest(of: Array("new".utf8))
        #expect(try transaction.has(old))
        #expect(try !transaction.has(new))
        _ = try LibraryFixture.put("new", in: transaction)
        #expect(try transaction.has(new))
    }

    @Test(arguments: ["flip", "cut", "grow", "empty"]) func `damage is found before the end`(_ kind: String) throws {
        let fixture = try LibraryFixture()
        let text = (0..<20_000).map { "line \($0 &* 2_654_435_761)\n" }.joined()
        try fixture.snapshot([text])
        let digest = try SHA256Hasher.digest(of: Array(text.utf8))
        let file = try fixture.file(of: digest)
        var bytes = try Array(Data(contentsOf: URL(filePath: file)))
        switch kind {
        case "flip": bytes[bytes.count / 2] ^= 1
        case "cut": bytes.removeLast()
        case "grow": bytes.append(0)
        default: bytes = []
        }
        try Tool.run("chmod", "u+w", file)
        try Data(bytes).write(to: URL(filePath: file))
        let error = #expect(throws: (any Error).self) { try fixture.library.openBlob(digest).drain() }
        #expect((error as? ContentStoreError)?.code == .damaged || (error as? SnapshotError)?.code == .damaged)
    }

    @Test func `a blob that is not there is missing`() throws {
        let fixture = try LibraryFixture()
        let digest = try SHA256Hasher.digest(of: Array("never".utf8))
        let error = #expect(throws: SnapshotError.self) { try fixture.library.openBlob(digest) }
        #expect(error?.code == .missingBlob)
    }
}
