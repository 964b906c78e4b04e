// SPDX-License-Identifier: Apache-2.0

import ContentStore
import Foundation
import SystemPackage
import TestSupport
import Testing

/// A file system of one megabyte, where this user may mount one.
private final class SmallDisk {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try Tool.run("mount", "-t", "tmpfs", "-o", "size=1m,mode=0700", "envsnap-test", folder.path)
    }

    deinit { _ = try? Tool.run("umount", folder.path) }

    static let isPossible = isRoot && (try? SmallDisk()) != nil
}

@Suite struct FullDiskTests {
    @Test(.enabled(if: SmallDisk.isPossible)) func leavesTheStoreAsItWasAndCanBeEmptied() throws {
        let disk = try SmallDisk()
        let store = try Store.openOrCreate(at: FilePath(disk.folder.path("store")))
        let kept = try store.begin(under: store.lock(.shared)).putBlob([UInt8](repeating: 1, count: 300_000))
        #expect(try store.availableBytes() < 800_000)

        do {
            let transaction = try store.begin(under: store.lock(.shared))
            let writer = try transaction.makeBlob()
            let error = #expect(throws: ContentStoreError.self) {
                for _ in 0..<100 { try writer.write([UInt8](repeating: 2, count: 100_000)) }
            }
            #expect(error?.code == .diskFull)
            #expect(error?.message.contains(store.root.string) == true)
            #expect(error?.message.contains("envsnap gc") == true)
            // The space is free again at once, and the same transaction goes on with what fits.
            #expect(try transaction.putBlob([UInt8](repeating: 3, count: 300_000)).isNew)
        }
        #expect(try store.blobDigests().count == 2)
        #expect(try store.checkBlob(kept.digest, depth: .data) == .intact(size: 300_000))

        try fill(disk)
        let lock = try store.lock(.exclusive)
        try store.sweep()
        try store.removeBlob(kept.digest, under: lock)
        #expect(try store.blobDigests().count == 1)
        #expect(try store.availableBytes() > 250_000)
    }

    private func fill(_ disk: SmallDisk) throws {
        let handle = try FileDescriptor.open(
            FilePath(disk.folder.path("ballast")), .writeOnly, options: [.create], permissions: [.ownerReadWrite])
        let bytes = [UInt8](repeating: 0, count: 4_096)
        while (try? handle.writeAll(bytes)) != nil {}
        try handle.close()
    }
}
