// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage

/// The catalogue's file as the system sees it.
///
/// The file is never opened here: closing a second descriptor of an open database would drop its locks
/// (https://www.sqlite.org/howtocorrupt.html, 2.2).
enum CatalogueFile {
    /// What SQLite and migrations put beside a database: its rollback journal among them.
    static let companions = ["-journal", "-wal", "-shm"]

    /// Refuses a path that leads elsewhere, and a file that is not this user's alone; that there is none is fine.
    static func verify(_ path: FilePath) throws(CatalogueError) {
        for path in [path] + companions.map({ path.appendingToName($0) }) {
            guard let status = try status(of: path) else { continue }
            guard status.st_mode & S_IFMT == S_IFREG else {
                throw CatalogueError(.unsafe, "\(path) is not a regular file: look at what put it there and remove it")
            }
            let user = geteuid()
            guard status.st_uid == user else {
                throw CatalogueError(
                    .unsafe,
                    "\(path) belongs to user \(status.st_uid), not to user \(user) who runs envsnap: "
                        + "run envsnap as its owner, or choose another store with --store")
            }
            guard status.st_mode & 0o022 == 0 else {
                throw CatalogueError(
                    .unsafe, "other users may write to \(path): look at what is in it, then run 'chmod 600 \(path)'")
            }
        }
    }

    /// Whether there is anything at a path.
    static func exists(_ path: FilePath) throws(CatalogueError) -> Bool { try status(of: path) != nil }

    /// Closes the file to other users; one that is closed already keeps its times.
    static func restrict(_ path: FilePath) throws(CatalogueError) {
        if let status = try status(of: path), status.st_mode & 0o7777 == 0o600 { return }
        guard path.withPlatformString({ chmod($0, 0o600) }) == 0 else {
            throw system("set the permissions of", path)
        }
    }

    /// Removes a file; that there is none is fine.
    static func remove(_ path: FilePath) throws(CatalogueError) {
        guard path.withPlatformString({ unlink($0) }) == 0 || errno == ENOENT else { throw system("remove", path) }
    }

    /// Gives the catalogue and what SQLite put beside it other names that are free; nil when there is none.
    static func setAside(_ path: FilePath) throws(CatalogueError) -> FilePath? {
        guard try status(of: path) != nil else { return nil }
        var number = 1
        while try status(of: path.appendingToName(".damaged-\(number)")) != nil { number += 1 }
        let aside = path.appendingToName(".damaged-\(number)")
        // The journal first: alone it does no harm, a new database beside an old journal would be rolled back.
        for suffix in companions + [""] {
            let from = path.appendingToName(suffix)
            guard try status(of: from) != nil else { continue }
            let to = aside.appendingToName(suffix)
            guard from.withPlatformString({ from in to.withPlatformString { rename(from, $0) } }) == 0 else {
                throw system("rename", from)
            }
        }
        return aside
    }

    private static func status(of path: FilePath) throws(CatalogueError) -> stat? {
        var status = stat()
        guard path.withPlatformString({ lstat($0, &status) }) == 0 else {
            if errno == ENOENT { return nil }
            throw system("look at", path)
        }
        return status
    }

    private static func system(_ action: String, _ path: FilePath) -> CatalogueError {
        let reason = Errno(rawValue: errno)
        return CatalogueError(.failed, "cannot \(action) \(path): \(reason)", cause: reason)
    }
}

extension FilePath {
    /// The path with some text at the end of its last part.
    func appendingToName(_ text: String) -> FilePath { FilePath(string + text) }
}
