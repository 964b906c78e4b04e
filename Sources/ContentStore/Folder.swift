// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage

/// Reading and removing folders.
enum Folder {
    /// The names in a folder, without `.` and `..`, in no order; names are bytes, hence `FilePath.Component`.
    static func names(in path: FilePath) throws(ContentStoreError) -> [FilePath.Component] {
        guard let stream = path.withPlatformString({ opendir($0) }) else {
            throw .system("list", path, Errno(rawValue: errno))
        }
        defer { closedir(stream) }
        do {
            return try names(from: stream)
        } catch {
            throw .system("list", path, error)
        }
    }

    /// Removes a folder and all that is in it, following no symbolic link; what is already gone is fine.
    ///
    /// A helper container may have written into the folder, so each level is entered by its own descriptor: a name
    /// that turns into a link meanwhile leads nowhere.
    static func remove(_ path: FilePath) throws(ContentStoreError) {
        do {
            try removeEntry(AT_FDCWD, path)
        } catch {
            throw .system("remove", path, error)
        }
    }

    private static func removeEntry(_ parent: Int32, _ name: FilePath) throws(Errno) {
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        let folder = name.withPlatformString { openat(parent, $0, flags) }
        guard folder >= 0 else {
            if errno == ENOENT { return }
            // ENOTDIR: a file; ELOOP: a symbolic link.
            return try unlink(parent, name, 0)
        }
        guard let stream = fdopendir(folder) else {
            let reason = Errno(rawValue: errno)
            close(folder)
            throw reason
        }
        defer { closedir(stream) }
        for name in try names(from: stream) {
            try removeEntry(folder, FilePath(root: nil, [name]))
        }
        try unlink(parent, name, AT_REMOVEDIR)
    }

    private static func unlink(_ parent: Int32, _ name: FilePath, _ flags: Int32) throws(Errno) {
        guard name.withPlatformString({ unlinkat(parent, $0, flags) }) == 0 || errno == ENOENT else {
            throw Errno(rawValue: errno)
        }
    }

    private static func names(from stream: OpaquePointer) throws(Errno) -> [FilePath.Component] {
        var names: [FilePath.Component] = []
        errno = 0
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: tuple.pointee)) {
                    FilePath.Component(platformString: $0)
                }
            }
            if let name, name.kind == .regular { names.append(name) }
            errno = 0
        }
        guard errno == 0 else { throw Errno(rawValue: errno) }
        return names
    }
}
