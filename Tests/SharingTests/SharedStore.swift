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

@testable import Sharing

/// A library in a folder of its own, that gives snapshots away and takes them in.
struct SharedStore {
    let folder: TemporaryFolder
    let library: SnapshotLibrary

    init() throws {
        folder = try TemporaryFolder()
        library = try SnapshotLibrary(at: FilePath(folder.path("store")))
    }

    /// Stores a snapshot with a tree for each of the contents.
    @discardableResult
    func snapshot(
        _ contents: [[UInt8]], name: String? = nil, capturedAt: String = "2026-11-01T10:00:00Z"
    ) throws -> SnapshotRecord {
        let transaction = try library.begin()
        var document = EnvironmentDocument(
            project: ProjectRecord(name: "foo", workingDirectory: "/srv/foo", configFiles: [], composeVersion: nil),
            engine: EngineRecord(version: ["Version": "1"], info: ["ID": "x"], apiVersion: "1.41"),
            capturedAt: capturedAt, toolVersion: "0.1.0")
        document.name = name
        for (number, content) in contents.enumerated() {
            let blob = try transaction.putBlob(kind: "data") { sink in try content.withUnsafeBytes { try sink($0) } }
                .blob
            document.trees.append(
                TreeRecord(
                    path: "/srv/\(number)", isFile: false, excluded: [],
                    data: DataArchive(digest: blob.rawDigest, size: blob.rawSize, entries: 1, contentBytes: 1)))
        }
        return try library.find(transaction.commit(document).hex)
    }

    /// The bytes of a snapshot's bundle.
    func bundle(_ snapshot: SnapshotRecord, since bases: [SnapshotRecord] = []) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try BundleWriter(snapshot, since: bases, library: library, report: .silent)
            .write(to: { bytes += $0 }, cancellation: Cancellation())
        return bytes
    }

    /// Takes a bundle in.
    @discardableResult
    func take(_ bundle: [UInt8]) throws -> ReceivedSnapshot {
        var rest = bundle[...]
        return try take { buffer in
            let portion = rest.prefix(buffer.count)
            buffer.copyBytes(from: portion)
            rest = rest.dropFirst(portion.count)
            return portion.count
        }
    }

    /// Takes a bundle in.
    @discardableResult
    func take(from source: @escaping ByteSource) throws -> ReceivedSnapshot {
        try BundleImporter(library: library, report: .silent)
            .take(BundleReader(source: source), origin: Self.origin, cancellation: Cancellation())
    }

    static let origin = SnapshotOrigin(kind: .imported, source: "/tmp/x.envsnap", receivedAt: "2026-11-24T10:00:00Z")

    /// The uncompressed contents of all trees of a snapshot.
    func contents(_ id: Digest) throws -> [[UInt8]] {
        try library.document(id).trees.map { try library.readBlob($0.data.digest) }
    }

    /// The ids of all snapshots.
    var snapshotIDs: [Digest] { get throws { try library.snapshots().map(\.id) } }
}

/// Bytes that do not compress.
func noise(_ count: Int, seed: UInt64) -> [UInt8] {
    var state = seed
    return (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 56)
    }
}
