// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage

/// What stat(2) says of a file, as far as the store asks.
struct FileStatus {
    let owner: uid_t
    let permissions: mode_t
    let size: Int64
    let device: dev_t
    let inode: ino_t
    private let type: mode_t

    var isFolder: Bool { type == S_IFDIR }
    var isRegular: Bool { type == S_IFREG }

    /// The status of a path, of a symbolic link itself; nil when there is nothing.
    static func of(_ path: FilePath) throws(ContentStoreError) -> FileStatus? {
        var raw = stat()
        guard path.withPlatformString({ lstat($0, &raw) }) == 0 else {
            let errno = Errno(rawValue: errno)
            if errno == .noSuchFileOrDirectory { return nil }
            throw .system("look at", path, errno)
        }
        return FileStatus(raw)
    }

    /// The status of an open file.
    static func of(_ descriptor: FileDescriptor, at path: FilePath) throws(ContentStoreError) -> FileStatus {
        var raw = stat()
        guard fstat(descriptor.rawValue, &raw) == 0 else { throw .system("look at", path, Errno(rawValue: errno)) }
        return FileStatus(raw)
    }

    private init(_ raw: stat) {
        owner = raw.st_uid
        permissions = raw.st_mode & 0o7777
        type = raw.st_mode & S_IFMT
        size = Int64(raw.st_size)
        device = raw.st_dev
        inode = raw.st_ino
    }
}
