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
        let aside = try freeName(beside: path, ".damaged")
        // The journal first: alone it does no harm, a new database beside an old journal would be rolled back.
        for suffix in companions + [""] {
            let from = path.appendingToName(suffix)
            guard try status(of: from) != nil else { continue }
            try rename(from, to: aside.appendingToName(suffix))
        }
        return aside
    }

    /// Puts a finished catalogue in the place of another one, which keeps its bytes under a name that is free; nil when
    /// there was none.
    ///
    /// At every moment there is one of the two at the path.
    static func replace(_ path: FilePath, by new: FilePath, setAsideAs suffix: String) throws(CatalogueError)
        -> FilePath?
    {
        var aside: FilePath?
        if try status(of: path) != nil {
            let name = try freeName(beside: path, suffix)
            aside = name
            // The journal first: alone it does no harm, a new database beside an old journal would be rolled back.
            for companion in companions where try status(of: path.appendingToName(companion)) != nil {
                try rename(path.appendingToName(companion), to: name.appendingToName(companion))
            }
            let isLinked = path.withPlatformString { path in name.withPlatformString { link(path, $0) } } == 0
            // A file system without links: for a moment there is no catalogue, which is an error to who opens it then.
            if !isLinked { try rename(path, to: name) }
        }
        try publish(new, at: path)
        return aside
    }

    /// Gives a closed database its name, on the disk for good when this returns.
    static func publish(_ file: FilePath, at path: FilePath) throws(CatalogueError) {
        try synchronize(file, O_RDONLY)
        try rename(file, to: path)
        let folder = path.removingLastComponent()
        try synchronize(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY)
    }

    private static func synchronize(_ path: FilePath, _ flags: Int32) throws(CatalogueError) {
        let descriptor = path.withPlatformString { open($0, flags | O_NOFOLLOW | O_CLOEXEC) }
        guard descriptor >= 0 else { throw system("open", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw system("write to the disk", path) }
    }

    /// A catalogue that was begun beside another one and not finished.
    static func removeWithCompanions(_ path: FilePath) throws(CatalogueError) {
        for suffix in companions + [CheckedMark.suffix, ""] { try remove(path.appendingToName(suffix)) }
    }

    /// The number of bytes of a file; nil when there is none.
    static func size(of path: FilePath) throws(CatalogueError) -> Int64? {
        try status(of: path).map { Int64($0.st_size) }
    }

    private static func freeName(beside path: FilePath, _ suffix: String) throws(CatalogueError) -> FilePath {
        var number = 1
        while try status(of: path.appendingToName("\(suffix)-\(number)")) != nil { number += 1 }
        return path.appendingToName("\(suffix)-\(number)")
    }

    private static func rename(_ from: FilePath, to: FilePath) throws(CatalogueError) {
        guard from.withPlatformString({ from in to.withPlatformString { Glibc.rename(from, $0) } }) == 0 else {
            throw system("rename", from)
        }
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
        let advice = reason == .noSpace ? ": free some space on its disk" : ""
        return CatalogueError(.failed, "cannot \(action) \(path): \(reason)\(advice)", cause: reason)
    }
}

extension FilePath {
    /// The path with some text at the end of its last part.
    func appendingToName(_ text: String) -> FilePath { FilePath(string + text) }
}
