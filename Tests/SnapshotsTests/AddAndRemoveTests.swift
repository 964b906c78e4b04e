// SPDX-License-Identifier: Apache-2.0

import Catalogue
import ContentStore
import Foundation
import OCI
import Snapshots
import SystemPackage
import Testing

@Suite struct AddAndRemoveTests {
    /// Between the row and the document of a snapshot that goes, the same one may come.
    @Test func `a snapshot that is added while it is removed has its document, or is not there`() throws {
        let fixture = try LibraryFixture()
        let id = try fixture.snapshot(["a"])
        // As two processes: a library serialises what it does itself.
        let other = try SnapshotLibrary(at: fixture.library.folder)
        var (there, gone) = (0, 0)
        for _ in 0..<150 {
            DispatchQueue.concurrentPerform(iterations: 2) { number in
                if number == 0 {
                    if let record = try? other.find(id.hex) { try? other.remove(record) }
                } else {
                    _ = try? fixture.snapshot(["a"])
                }
            }
            #expect(try fixture.library.check(depth: .size).problems == [])
            if try fixture.library.catalogue.snapshot(id) == nil { gone += 1 } else { there += 1 }
        }
        #expect(there > 0 && there + gone == 150)
    }
}
