// SPDX-License-Identifier: Apache-2.0
import Glibc
public import OCI
import SystemPackage

/// A blob of which parts are read, in any order and by several threads.
///
/// Nothing is verified here: who reads a part knows its digest.
public final class RandomAccessBlob: Sendable {
    /// The digest of the whole blob.
    public let digest: Digest
    /// The number of bytes.
    public let size: Int64
    private let path: FilePath
    private let descriptor: FileDescriptor

    init(_ path: FilePath, digest: Digest) throws(ContentStoreError) {
        (self.path, self.digest) = (path, digest)
        (descriptor, size) = try Store.openBlobFile(path, digest: digest)
    }

    deinit { try? descriptor.close() }

    /// Reads the bytes from an offset on.
    ///
    /// - Throws: `damaged` where they are not all there.
    public func read(at offset: Int64, count: Int) throws(ContentStoreError) -> [UInt8] {
        guard offset >= 0, count >= 0, Int64(count) <= size - offset else {
            throw .damaged(digest, "it ends before byte \(offset) + \(count)")
        }
        var failure: ContentStoreError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
            done = 0
            while done < count {
                let step = pread(
                    descriptor.rawValue, buffer.baseAddress?.advanced(by: done), count - done,
                    off_t(offset) + off_t(done))
                if step > 0 {
                    done += step
                    continue
                }
                let reason = Errno(rawValue: errno)
                if step < 0, reason == .interrupted { continue }
                failure =
                    step == 0 || reason == .ioError
                    ? .damaged(digest, "the disk cannot read it") : .system("read", path, reason)
                return
            }
        }
        if let failure { throw failure }
        return bytes
    }
}

extension Store {
    /// Opens a blob to read parts of it.
    public func openForRandomAccess(_ digest: Digest) throws(ContentStoreError) -> RandomAccessBlob {
        try RandomAccessBlob(layout.blob(digest), digest: digest)
    }

    /// Opens the file of a blob and says how many bytes it has.
    static func openBlobFile(
        _ path: FilePath, digest: Digest
    ) throws(ContentStoreError) -> (descriptor: FileDescriptor, size: Int64) {
        let descriptor: FileDescriptor
        do {
            // O_NONBLOCK: a FIFO in the place of a blob would hold the open forever.
            descriptor = try openDescriptor(path, O_RDONLY | O_NONBLOCK)
        } catch .noSuchFileOrDirectory {
            throw .missing(digest)
        } catch .tooManySymbolicLinkLevels {
            throw .damaged(digest, "it is a symbolic link")
        } catch {
            throw .system("open", path, error)
        }
        do throws(ContentStoreError) {
            let status = try FileStatus.of(descriptor, at: path)
            guard status.isRegular else { throw ContentStoreError.damaged(digest, "it is not a file") }
            return (descriptor, status.size)
        } catch {
            try? descriptor.close()
            throw error
        }
    }
}
