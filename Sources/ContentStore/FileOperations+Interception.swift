// SPDX-License-Identifier: Apache-2.0

public import SystemPackage

extension FileOperations {
    /// A system call that changes the disk.
    public enum Step: String, Hashable, Sendable, CaseIterable {
        case create, openExisting, write, setPermissions, synchronize, synchronizeFolder, rename, remove, makeFolder
    }

    /// The same operations, with a closure called before each that may throw in its place.
    ///
    /// For tests of faults: count the steps of a run, then let each fail in turn, or end the process there.
    public func intercepted(
        by before: @escaping @Sendable (Step) throws(Errno) -> Void
    ) -> FileOperations {
        FileOperations(
            create: { [create] path throws(Errno) in
                try before(.create)
                return try create(path)
            },
            openExisting: { [openExisting] path throws(Errno) in
                try before(.openExisting)
                return try openExisting(path)
            },
            write: { [write] descriptor, bytes throws(Errno) in
                try before(.write)
                return try write(descriptor, bytes)
            },
            setPermissions: { [setPermissions] descriptor, permissions throws(Errno) in
                try before(.setPermissions)
                try setPermissions(descriptor, permissions)
            },
            synchronize: { [synchronize] descriptor throws(Errno) in
                try before(.synchronize)
                try synchronize(descriptor)
            },
            synchronizeFolder: { [synchronizeFolder] path throws(Errno) in
                try before(.synchronizeFolder)
                try synchronizeFolder(path)
            },
            rename: { [rename] from, to throws(Errno) in
                try before(.rename)
                try rename(from, to)
            },
            remove: { [remove] path throws(Errno) in
                try before(.remove)
                try remove(path)
            },
            makeFolder: { [makeFolder] path throws(Errno) in
                try before(.makeFolder)
                try makeFolder(path)
            })
    }
}
