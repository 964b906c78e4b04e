// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc
import SystemPackage

/// Folders below one that holds what others made, such as the root of a container.
///
/// A symbolic link in it would lead a path of this machine anywhere; here it leads where a process with that root would
/// get to (openat2(2), `RESOLVE_IN_ROOT`).
enum InnerFolder {
    /// What becomes of folders that are not there.
    enum Missing {
        /// They are made.
        case make
        /// That is an error.
        case refuse
    }

    /// Opens a folder.
    ///
    /// - Throws: `LiveEnvironmentError` where it is not there or cannot be made.
    static func open(_ path: String, inside root: String, missing: Missing) throws -> FileDescriptor {
        do {
            let base = try FileDescriptor.open(FilePath(root), .readOnly, options: [.directory, .closeOnExec])
            return try base.closeAfter {
                if missing == .make { try makeFolders(path, below: base) }
                return try open(path, below: base)
            }
        } catch let error as Errno {
            throw LiveEnvironmentError(.dataOutOfReach, "\(path) in \(root) cannot be opened", cause: error)
        }
    }

    private static func makeFolders(_ path: String, below base: FileDescriptor) throws {
        var made = "."
        for component in FilePath(path).components where component.kind != .currentDirectory {
            guard component.kind == .regular else { throw Errno.invalidArgument }
            let parent = try open(made, below: base)
            try parent.closeAfter {
                let result = component.string.withCString { mkdirat(parent.rawValue, $0, 0o755) }
                guard result == 0 || errno == EEXIST else { throw Errno(rawValue: errno) }
            }
            made += "/" + component.string
        }
    }

    private static func open(_ path: String, below base: FileDescriptor) throws -> FileDescriptor {
        let flags = UInt64(O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        let resolve = envsnap_resolve_in_root | envsnap_resolve_no_magiclinks
        let number = envsnap_openat2(base.rawValue, path.isEmpty ? "." : path, flags, 0, resolve)
        guard number >= 0 else { throw Errno(rawValue: errno) }
        return FileDescriptor(rawValue: number)
    }
}
