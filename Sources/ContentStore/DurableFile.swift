// SPDX-License-Identifier: Apache-2.0
// Order of the steps: design.md §5, and what OSDI'14 "All File Systems Are Not Created Equal" found missing elsewhere.

import CLinux
import SystemPackage

/// A file on its way into the store: written under a temporary name, then published under its own.
///
/// Publishing makes the file read-only, waits for its bytes, renames it, and waits for the name. Whatever fails or
/// ends in between leaves either no file or the whole file under the final name. A failed fsync is final: the kernel
/// may have dropped the bytes and report success the next time (PostgreSQL's findings of 2018), so the file is
/// discarded.
final class DurableFile {
    private let path: FilePath
    private let files: FileOperations
    private var descriptor: FileDescriptor?
    private var written: Int64 = 0
    private var writtenBack: Int64 = 0
    private static let writebackStep: Int64 = 8 << 20

    /// Makes a new file.
    init(creating path: FilePath, files: FileOperations) throws(ContentStoreError) {
        self.path = path
        self.files = files
        do {
            descriptor = try files.create(path)
        } catch {
            throw .system("create", path, error)
        }
    }

    /// Takes over a file that another process has finished writing.
    init(adopting path: FilePath, files: FileOperations) throws(ContentStoreError) {
        self.path = path
        self.files = files
        do {
            descriptor = try files.openExisting(path)
        } catch {
            throw .system("open", path, error)
        }
    }

    deinit { discard() }

    /// Writes all of the bytes; after a failure the file is gone.
    func write(_ bytes: UnsafeRawBufferPointer) throws(ContentStoreError) {
        let descriptor = try opened()
        var rest = bytes[...]
        while !rest.isEmpty {
            do throws(Errno) {
                let count = try files.write(descriptor, UnsafeRawBufferPointer(rebasing: rest))
                // write(2) gives 0 for a regular file only when something is badly wrong; looping would never end.
                guard count > 0 else { throw Errno.ioError }
                rest = rest.dropFirst(count)
                written += Int64(count)
            } catch .interrupted {
                continue
            } catch {
                discard()
                throw .system("write", path, error)
            }
        }
        beginWriteback(of: descriptor)
    }

    /// Keeps the disk busy while more is prepared, so that `publish` has little left to wait for; its fsync counts.
    private func beginWriteback(of descriptor: FileDescriptor) {
        guard written - writtenBack >= Self.writebackStep else { return }
        _ = envsnap_begin_writeback(descriptor.rawValue, writtenBack, written - writtenBack)
        writtenBack = written
    }

    /// Hands over all bytes of an adopted file, and says how many there were.
    func readAll(_ body: (UnsafeRawBufferPointer) -> Void) throws(ContentStoreError) -> Int64 {
        let descriptor = try opened()
        var total: Int64 = 0
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count: Int
            do {
                count = try buffer.withUnsafeMutableBytes { try descriptor.read(into: $0) }
            } catch {
                discard()
                throw .system("read", path, error as? Errno ?? .ioError)
            }
            if count == 0 { return total }
            buffer.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            total += Int64(count)
        }
    }

    /// Gives the file its final name, durably; after a failure the temporary name is gone.
    func publish(at target: FilePath) throws(ContentStoreError) {
        let descriptor = try opened()
        var action = "set the permissions of"
        do {
            try files.setPermissions(descriptor, [.ownerRead, .groupRead, .otherRead])
            action = "write to the disk"
            try files.synchronize(descriptor)
            action = "rename"
            try files.rename(path, target)
        } catch {
            discard()
            throw .system(action, path, error)
        }
        close()
        try Self.synchronizeFolder(of: target, files: files)
    }

    /// Waits until the name of a file is on the disk.
    static func synchronizeFolder(of target: FilePath, files: FileOperations) throws(ContentStoreError) {
        let parent = target.removingLastComponent()
        let folder: FilePath = parent.isEmpty ? "." : parent
        do {
            try files.synchronizeFolder(folder)
        } catch {
            throw .system("write to the disk", folder, error)
        }
    }

    /// Removes the temporary file; nothing happens when it was published or discarded before.
    func discard() {
        guard descriptor != nil else { return }
        close()
        // What cannot be removed now is removed with its transaction.
        try? files.remove(path)
    }

    private func opened() throws(ContentStoreError) -> FileDescriptor {
        guard let descriptor else {
            throw ContentStoreError(.misuse, "\(path) was written to after it was published or discarded")
        }
        return descriptor
    }

    private func close() {
        // fsync has reported every error that close could report of the bytes.
        try? descriptor?.close()
        descriptor = nil
    }
}
