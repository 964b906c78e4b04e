// SPDX-License-Identifier: Apache-2.0

public import SystemPackage

/// The system calls by which the store changes what is on the disk, one closure each.
///
/// Nothing in this module writes by another way, so a test that replaces a closure decides what the disk does: it can
/// fail, write less than it was given, or end the process there. Each closure is one system call; retrying after a
/// signal and going on after a short write are the callers' work (`DurableFile`).
public struct FileOperations: Sendable {
    /// Makes a new file for writing, mode 0600; fails when the name is taken.
    public var create: @Sendable (FilePath) throws(Errno) -> FileDescriptor
    /// Opens a file that another process made, for reading.
    public var openExisting: @Sendable (FilePath) throws(Errno) -> FileDescriptor
    /// Writes some of the bytes and says how many.
    public var write: @Sendable (FileDescriptor, UnsafeRawBufferPointer) throws(Errno) -> Int
    /// Sets a file's permissions.
    public var setPermissions: @Sendable (FileDescriptor, FilePermissions) throws(Errno) -> Void
    /// Waits until a file's bytes are on the disk; never called again after it failed.
    public var synchronize: @Sendable (FileDescriptor) throws(Errno) -> Void
    /// Waits until the names in a folder are on the disk.
    public var synchronizeFolder: @Sendable (FilePath) throws(Errno) -> Void
    /// Gives a file another name, replacing what had it.
    public var rename: @Sendable (FilePath, FilePath) throws(Errno) -> Void
    /// Removes a file.
    public var remove: @Sendable (FilePath) throws(Errno) -> Void
    /// Makes a folder, mode 0700; fails when the name is taken.
    public var makeFolder: @Sendable (FilePath) throws(Errno) -> Void

    /// Takes one closure a system call.
    public init(
        create: @escaping @Sendable (FilePath) throws(Errno) -> FileDescriptor,
        openExisting: @escaping @Sendable (FilePath) throws(Errno) -> FileDescriptor,
        write: @escaping @Sendable (FileDescriptor, UnsafeRawBufferPointer) throws(Errno) -> Int,
        setPermissions: @escaping @Sendable (FileDescriptor, FilePermissions) throws(Errno) -> Void,
        synchronize: @escaping @Sendable (FileDescriptor) throws(Errno) -> Void,
        synchronizeFolder: @escaping @Sendable (FilePath) throws(Errno) -> Void,
        rename: @escaping @Sendable (FilePath, FilePath) throws(Errno) -> Void,
        remove: @escaping @Sendable (FilePath) throws(Errno) -> Void,
        makeFolder: @escaping @Sendable (FilePath) throws(Errno) -> Void
    ) {
        self.create = create
        self.openExisting = openExisting
        self.write = write
        self.setPermissions = setPermissions
        self.synchronize = synchronize
        self.synchronizeFolder = synchronizeFolder
        self.rename = rename
        self.remove = remove
        self.makeFolder = makeFolder
    }
}
