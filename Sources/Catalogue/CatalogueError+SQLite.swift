// SPDX-License-Identifier: Apache-2.0
// Result codes: https://www.sqlite.org/rescode.html

import GRDB
import OCI
import SystemPackage

extension CatalogueError {
    /// A failure of SQLite, said in terms of what was being done to which catalogue.
    ///
    /// The message never shows the values bound to a statement: names and messages may be secrets.
    static func wrapping(_ error: any Error, _ action: String, _ path: FilePath) -> CatalogueError {
        if let error = error as? CatalogueError { return error }
        if let error = error as? OCIError { return damaged(path, error.message, cause: error) }
        // Not the error's own words: they hold the values of the row.
        if error is RowDecodingError { return damaged(path, "a row has a value of another type", cause: error) }
        guard let sqlite = error as? DatabaseError else {
            return CatalogueError(.failed, "cannot \(action) the catalogue \(path): \(error)", cause: error)
        }
        switch sqlite.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            return CatalogueError(
                .locked, "the catalogue \(path) is locked: another envsnap is writing to it; try again", cause: error)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            return damaged(path, sqlite.message ?? "SQLite cannot read it", cause: error)
        case .SQLITE_FULL:
            return CatalogueError(
                .diskFull,
                "no space left to \(action) the catalogue \(path): free some with 'envsnap gc' or by hand; "
                    + "the catalogue is as it was",
                cause: error)
        case .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_READONLY:
            // SQLite does not say what the system told it.
            return CatalogueError(
                .failed,
                "cannot \(action) the catalogue \(path): \(sqlite.message ?? "the system refused it"); where 'df' says that the "
                    + "disk is full, free some with 'envsnap gc' or by hand; else 'dmesg' tells whether the disk fails, and "
                    + "'ls -l' whose file it is; the catalogue is as it was",
                cause: error)
        default:
            let reason = sqlite.message ?? "SQLite's code \(sqlite.extendedResultCode.rawValue)"
            return CatalogueError(.failed, "cannot \(action) the catalogue \(path): \(reason)", cause: error)
        }
    }

    /// A file that is not a sound catalogue.
    static func damaged(_ path: FilePath, _ reason: String, cause: (any Error)? = nil) -> CatalogueError {
        CatalogueError(
            .damaged,
            "the catalogue \(path) is damaged: \(reason); 'envsnap check --rebuild' makes it anew from the snapshots",
            cause: cause)
    }
}
