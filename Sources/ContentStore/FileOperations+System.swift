// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage

extension FileOperations {
    /// The system's own calls.
    public static let system = FileOperations(
        create: { path throws(Errno) in
            try openDescriptor(path, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
        },
        openExisting: { path throws(Errno) in try openDescriptor(path, O_RDONLY) },
        write: { descriptor, bytes throws(Errno) in
            let count = Glibc.write(descriptor.rawValue, bytes.baseAddress, bytes.count)
            guard count >= 0 else { throw Errno(rawValue: errno) }
            return count
        },
        setPermissions: { descriptor, permissions throws(Errno) in
            try check(fchmod(descriptor.rawValue, permissions.rawValue))
        },
        synchronize: { descriptor throws(Errno) in try check(fsync(descriptor.rawValue)) },
        synchronizeFolder: { path throws(Errno) in
            let descriptor = try openDescriptor(path, O_RDONLY | O_DIRECTORY)
            defer { Glibc.close(descriptor.rawValue) }
            try check(fsync(descriptor.rawValue))
        },
        rename: { from, to throws(Errno) in
            try check(from.withPlatformString { from in to.withPlatformString { Glibc.rename(from, $0) } })
        },
        remove: { path throws(Errno) in try check(path.withPlatformString { unlink($0) }) },
        makeFolder: { path throws(Errno) in try check(path.withPlatformString { mkdir($0, 0o700) }) }
    )
}

/// Opens a path whose last part is no symbolic link; a child process does not get the descriptor.
func openDescriptor(_ path: FilePath, _ flags: Int32, mode: mode_t = 0) throws(Errno) -> FileDescriptor {
    let descriptor = path.withPlatformString { Glibc.open($0, flags | O_NOFOLLOW | O_CLOEXEC, mode) }
    guard descriptor >= 0 else { throw Errno(rawValue: errno) }
    return FileDescriptor(rawValue: descriptor)
}

private func check(_ result: Int32) throws(Errno) {
    guard result == 0 else { throw Errno(rawValue: errno) }
}
