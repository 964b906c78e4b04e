// SPDX-License-Identifier: Apache-2.0

import ContentStore
import Foundation
import OCI
import SystemPackage
import TestSupport

/// A store in a folder of its own, with what tests do to its files behind its back.
struct StoreFixture {
    let folder: TemporaryFolder
    let store: Store

    init(files: FileOperations = .system) throws {
        folder = try TemporaryFolder()
        store = try Store.openOrCreate(at: FilePath(folder.path("store")), files: files)
    }

    func path(_ name: String) -> String { folder.path("store/" + name) }

    func put(_ text: String) throws -> Digest {
        let transaction = try store.begin(under: store.lock(.shared))
        return try transaction.putBlob(Array(text.utf8)).digest
    }

    /// Replaces the bytes of a stored blob.
    func overwrite(_ digest: Digest, with text: String) throws {
        let path = store.blobPath(digest).string
        try FileManager.default.removeItem(atPath: path)
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }

    func names(in name: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path(name)).sorted()
    }

    func mode(_ name: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path(name))
        return (attributes[.posixPermissions] as? NSNumber)?.intValue ?? -1
    }
}

extension BlobReader {
    func readAll(by count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let chunk = try readChunk(upTo: count)
            if chunk.isEmpty { return bytes }
            bytes += chunk
        }
    }
}

let isRoot = ProcessInfo.processInfo.environment["ENVSNAP_TEST_NOT_ROOT"] == nil && getuid() == 0
