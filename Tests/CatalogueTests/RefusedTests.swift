// SPDX-License-Identifier: Apache-2.0

import GRDB
import SystemPackage
import Testing

@testable import Catalogue

@Suite("What the system refuses SQLite") struct RefusedTests {
    /// A failing open makes SQLite open the file for reading alone, and only say that later.
    @Test(
        "is told with what to do about it",
        arguments: [.SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_READONLY] as [ResultCode])
    func saysWhatToDo(code: ResultCode) {
        let error = CatalogueError.wrapping(DatabaseError(resultCode: code), "write to", "/store/catalogue.sqlite")
        #expect(error.code == .failed)
        for word in ["/store/catalogue.sqlite", "'df'", "envsnap gc", "'dmesg'", "'ls -l'", "as it was"] {
            #expect(error.message.contains(word), "\(word) in \(error.message)")
        }
    }
}
