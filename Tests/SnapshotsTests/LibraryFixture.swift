// SPDX-License-Identifier: Apache-2.0

import Catalogue
import ContentStore
import EnvironmentModel
import Foundation
import JSONTree
import OCI
import Snapshots
import SystemPackage
import TestSupport

/// A library in a folder of its own.
struct LibraryFixture {
    let folder: TemporaryFolder
    let library: SnapshotLibrary

    init() throws {
        folder = try TemporaryFolder()
        library = try SnapshotLibrary(at: FilePath(folder.path("store")))
    }

    /// The same store, opened once more.
    func reopened() throws -> SnapshotLibrary { try SnapshotLibrary(at: FilePath(folder.path("store"))) }

    /// Stores a snapshot with a tree for each of the texts.
    @discardableResult
    func snapshot(_ texts: [String], name: String? = nil, capturedAt: String = "2026-11-01T10:00:00Z") throws -> Digest
    {
        let transaction = try library.begin()
        var document = Self.document(name: name, capturedAt: capturedAt)
        for text in texts {
            let blob = try Self.put(text, in: transaction)
            document.trees.append(
                TreeRecord(
                    path: "/" + text.prefix(8), isFile: false, excluded: [],
                    data: DataArchive(digest: blob.rawDigest, size: blob.rawSize, entries: 1, contentBytes: 1)))
        }
        return try transaction.commit(document)
    }

    static func document(name: String? = nil, capturedAt: String = "2026-11-01T10:00:00Z") -> EnvironmentDocument {
        var document = EnvironmentDocument(
            project: ProjectRecord(name: "foo", workingDirectory: "/srv/foo", configFiles: [], composeVersion: nil),
            engine: EngineRecord(version: ["Version": "1"], info: ["ID": "x"], apiVersion: "1.41"),
            capturedAt: capturedAt,
            toolVersion: "0.1.0")
        document.name = name
        return document
    }

    static func put(_ text: String, in transaction: SnapshotTransaction, expected: Digest? = nil) throws -> BlobRecord {
        try transaction.putBlob(kind: "data", expected: expected) { sink in
            try Array(text.utf8).withUnsafeBytes { try sink($0) }
        }.blob
    }

    /// The file of a blob's stored bytes.
    func file(of digest: Digest) throws -> String {
        let record = try library.knownBlobs([digest])[digest]
        return library.store.blobPath(record?.storedDigest ?? digest).string
    }

    /// Everything below the store's folder of blobs.
    var blobFiles: [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder.path("store/blobs/sha256")).sorted()) ?? []
    }
}
