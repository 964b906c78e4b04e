// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Foundation
import OCI
import Testing

/// A file system of half a megabyte, where this user may mount one.
private final class SmallDisk {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try runTool("mount", "-t", "tmpfs", "-o", "size=512k,mode=0700", "envsnap-test", folder.root)
    }

    deinit { _ = try? runTool("umount", folder.root) }

    static let isPossible = getuid() == 0 && (try? SmallDisk()) != nil
}

@Suite struct FullDiskTests {
    @Test(.enabled(if: SmallDisk.isPossible)) func isSaidAndLeavesTheCatalogueAsItWas() throws {
        let disk = try SmallDisk()
        let database = try CatalogueDatabase.open(at: disk.folder.path("catalogue.sqlite"))
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
}
