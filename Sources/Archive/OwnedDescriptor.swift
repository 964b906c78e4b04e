// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// A descriptor that is closed with the last reference to it.
final class OwnedDescriptor {
    let number: CInt
    private var isOpen = true

    init(_ number: CInt) {
        self.number = number
    }

    /// Opens `name` in a directory, never through a symbolic link.
    init(in directory: CInt, _ name: [UInt8], _ flags: CInt, mode: mode_t = 0) throws(CallFailure) {
        number = withCString(name) { openat(directory, $0, flags | O_NOFOLLOW | O_CLOEXEC, mode) }
        guard number >= 0 else {
            isOpen = false
            throw CallFailure()
        }
    }

    deinit {
        if isOpen { Glibc.close(number) }
    }

    /// Closes now, to learn of errors that some file systems report no earlier.
    func close() throws(CallFailure) {
        isOpen = false
        guard Glibc.close(number) == 0 else { throw CallFailure() }
    }

    /// Opens for reading and leaves the access time alone where the kernel lets us (owner or CAP_FOWNER).
    static func reading(in directory: CInt, _ name: [UInt8], _ flags: CInt = 0) throws(CallFailure) -> OwnedDescriptor {
        // O_NONBLOCK: should a pipe have taken the place of the file, the open must not wait for its writer.
        let flags = flags | O_RDONLY | O_NONBLOCK
        do {
            return try OwnedDescriptor(in: directory, name, flags | envsnap_o_noatime)
        } catch let error where error.number == EPERM {
            return try OwnedDescriptor(in: directory, name, flags)
        }
    }

    /// Opens the directory `path` below `root`, which the kernel keeps from leaving it.
    static func directory(_ path: [UInt8], beneath root: CInt) throws(CallFailure) -> OwnedDescriptor {
        let flags = UInt64(O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        let resolve = envsnap_resolve_beneath | envsnap_resolve_no_symlinks | envsnap_resolve_no_magiclinks
        let number = withCString(path) { envsnap_openat2(root, $0, flags, 0, resolve) }
        if number >= 0 { return OwnedDescriptor(number) }
        let failure = CallFailure()
        // Old kernels do not know the call, and old seccomp profiles of container engines forbid it.
        guard failure.number == ENOSYS || failure.number == EPERM else { throw failure }
        return try walk(path, from: root)
    }

    /// The same step by step; callers have made sure that the path has no "..".
    static func walk(_ path: [UInt8], from root: CInt) throws(CallFailure) -> OwnedDescriptor {
        var current = try OwnedDescriptor(in: root, Name.root, O_RDONLY | O_DIRECTORY)
        for component in path.split(separator: Name.slash) {
            current = try OwnedDescriptor(in: current.number, Array(component), O_RDONLY | O_DIRECTORY)
        }
        return current
    }
}
