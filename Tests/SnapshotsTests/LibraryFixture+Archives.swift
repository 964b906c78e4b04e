// SPDX-License-Identifier: Apache-2.0

import Archive
import Catalogue
import ContentStore
import EnvironmentModel
import Foundation
import JSONTree
import OCI
import Snapshots
import SystemPackage
import TestSupport

extension LibraryFixture {
    /// Bytes that do not compress, the same for the same seed.
    static func noise(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var state = seed
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 8)
        while bytes.count < count {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let word = state ^ state >> 33
            for shift in stride(from: UInt64(16), to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        return Array(bytes.prefix(count))
    }

    static func put(archive bytes: [UInt8], in transaction: SnapshotTransaction) throws -> DataArchive {
        try transaction.putArchive { sink in
            for start in stride(from: 0, to: bytes.count, by: 70_001) {
                try bytes[start..<min(start + 70_001, bytes.count)].withUnsafeBytes { try sink.write($0) }
            }
            return PackSummary()
        }.archive
    }

    /// A document of one tree for each archive.
    static func document(_ archives: [DataArchive], capturedAt: String = "2026-11-01T10:00:00Z") -> EnvironmentDocument
    {
        var document = document(capturedAt: capturedAt)
        document.trees = archives.enumerated().map {
            TreeRecord(path: "/\($0.offset)", isFile: false, excluded: [], data: $0.element)
        }
        return document
    }

    /// Stores a snapshot with an archive of the bytes in chunks.
    @discardableResult
    func snapshot(
        archive bytes: [UInt8], capturedAt: String = "2026-11-01T10:00:00Z"
    ) throws -> (id: Digest, archive: DataArchive, account: SnapshotTransaction.Account) {
        let transaction = try library.begin()
        defer { transaction.end() }
        let archive = try Self.put(archive: bytes, in: transaction)
        let id = try transaction.commit(Self.document([archive], capturedAt: capturedAt))
        return (id, archive, transaction.account)
    }

    func read(_ archive: DataArchive) throws -> [UInt8] {
        let source = try library.openArchive(archive)
        var bytes: [UInt8] = []
        while let chunk = try source.readChunk() { bytes += chunk }
        return bytes
    }

    /// The packs in the catalogue, by the names of their files.
    func packs() throws -> [String] {
        try library.catalogue.allBlobs().filter { $0.kind == "pack" }.map {
            library.store.blobPath($0.storedDigest).string
        }
    }

    /// How many bytes the store's blobs have.
    func storedSize() throws -> Int {
        try blobFiles.reduce(0) { sum, name in
            let file = folder.path("store/blobs/sha256/\(name)")
            return sum + (try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int ?? 0)
        }
    }

    /// Changes the bytes of a file in the store.
    func tamper(_ file: String, _ change: (inout [UInt8]) -> Void) throws {
        var bytes = try Array(Data(contentsOf: URL(filePath: file)))
        change(&bytes)
        try Tool.run("chmod", "u+w", file)
        try Data(bytes).write(to: URL(filePath: file))
    }
}
