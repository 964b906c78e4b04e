// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Foundation
import OCI
import SystemPackage
import TestSupport
import Testing

/// A small file system, where this user may mount one.
private final class SmallDisk {
    let folder: TemporaryFolder

    init(size: String = "512k") throws {
        folder = try TemporaryFolder()
        try Tool.run("mount", "-t", "tmpfs", "-o", "size=\(size),mode=0700", "envsnap-test", folder.path)
    }

    func fill() throws {
        let handle = try FileDescriptor.open(
            folder.filePath("ballast"), .writeOnly, options: [.create], permissions: [.ownerReadWrite])
        let bytes = [UInt8](repeating: 0, count: 4_096)
        while (try? handle.writeAll(bytes)) != nil {}
        try handle.close()
    }

    deinit { _ = try? Tool.run("umount", folder.path) }

    static let isPossible = getuid() == 0 && (try? SmallDisk()) != nil
}

@Suite struct FullDiskTests {
    @Test(.enabled(if: SmallDisk.isPossible)) func isSaidAndLeavesTheCatalogueAsItWas() throws {
        let disk = try SmallDisk()
        let database = try CatalogueDatabase.open(at: disk.folder.filePath("catalogue.sqlite"))
        var inserted = 0
        let error = #expect(throws: CatalogueError.self) {
            for number in 0..<1_000 {
                let blobs = try (0..<20).map { try blob(String(0x10000 + number * 20 + $0, radix: 16)) }
                _ = try database.insert(
                    .sample(String(0xa0000 + number, radix: 16)), adding: blobs,
                    referencing: Set(blobs.map(\.rawDigest)), isStored: { _ in true })
                inserted += 1
            }
        }
        #expect(error?.code == .diskFull)
        #expect(error?.message.contains("envsnap gc") == true)
        #expect(inserted > 5)
        #expect(try database.snapshots().count == inserted)
        #expect(try database.allBlobs().count == inserted * 20)
        try database.verify()
    }

    @Test(.enabled(if: SmallDisk.isPossible)) func leavesRoomToRemoveSnapshots() throws {
        let disk = try SmallDisk(size: "16m")
        let path = disk.folder.filePath("catalogue.sqlite")
        let database = try CatalogueDatabase.open(at: path)
        let blobs = try (0..<200).map { try blob(String(0x10000 + $0, radix: 16)) }
        for id in ["aaaa", "bbbb"] {
            _ = try database.insert(
                .sample(id), adding: blobs, referencing: Set(blobs.map(\.rawDigest)), isStored: { _ in true })
        }
        #expect(try disk.folder.names.contains("catalogue.sqlite.reserve"))
        try disk.fill()
        try database.deleteSnapshot(digest("aaaa"))
        #expect(try !disk.folder.names.contains("catalogue.sqlite.reserve"))
        try database.deleteSnapshot(digest("bbbb"))
        #expect(try database.deleteUnreferencedBlobs().count == 200)
        try database.verify()

        // It comes back with the space.
        try Tool.run("rm", disk.folder.path + "/ballast")
        _ = try database.insert(
            .sample("cccc"), adding: blobs, referencing: Set(blobs.map(\.rawDigest)), isStored: { _ in true })
        #expect(try disk.folder.names.contains("catalogue.sqlite.reserve"))
    }

    @Test(.enabled(if: SmallDisk.isPossible)) func aSmallDiskIsNotFilledWithAReserve() throws {
        let disk = try SmallDisk(size: "2m")
        let database = try CatalogueDatabase.open(at: disk.folder.filePath("catalogue.sqlite"))
        _ = try database.insert(.sample("aaaa"), adding: [], referencing: [], isStored: { _ in true })
        #expect(try !disk.folder.names.contains("catalogue.sqlite.reserve"))
    }
}
