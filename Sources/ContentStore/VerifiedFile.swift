// SPDX-License-Identifier: Apache-2.0

import Glibc
import Hashing
import OCI
import SystemPackage

/// A file whose name says the digest of its bytes, read from its beginning to its end.
final class VerifiedFile {
    let size: Int64

    private let path: FilePath
    private let digest: Digest
    private let descriptor: FileDescriptor
    private let hasher: SHA256Hasher
    private var position: Int64 = 0
    private var outcome: Result<Void, ContentStoreError>?

    init(_ path: FilePath, digest: Digest, expectedSize: Int64? = nil) throws(ContentStoreError) {
        hasher = try ContentStoreError.hashing { () throws(HashingError) in try SHA256Hasher() }
        self.path = path
        self.digest = digest
        (descriptor, size) = try Store.openBlobFile(path, digest: digest)
        if let expectedSize, size != expectedSize {
            try? descriptor.close()
            throw ContentStoreError.damaged(digest, "it has \(size) bytes instead of \(expectedSize)")
        }
    }

    deinit { try? descriptor.close() }

    /// Reads some bytes; 0 at the end, or the error that the verification found, however often it is asked.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ContentStoreError) -> Int {
        if let outcome {
            try outcome.get()
            return 0
        }
        guard !buffer.isEmpty else {
            throw ContentStoreError(.misuse, "a buffer of no bytes was given to read \(path)")
        }
        let count = try readSome(into: buffer)
        hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        position += Int64(count)
        if count == 0 || position >= size {
            let found = verdict()
            outcome = found
            try found.get()
        }
        return count
    }

    /// Reads at most the given number of bytes.
    func readChunk(upTo count: Int) throws(ContentStoreError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: max(1, count))
        let read = try bytes.withUnsafeMutableBufferPointer { (bytes) throws(ContentStoreError) in
            try self.read(into: UnsafeMutableRawBufferPointer(bytes))
        }
        bytes.removeLast(bytes.count - read)
        return bytes
    }

    /// Reads all bytes into memory, when they are not more than the limit.
    func readAll(limit: Int) throws(ContentStoreError) -> [UInt8] {
        guard size <= limit else {
            throw ContentStoreError(
                .failed, "\(path) has \(size) bytes; envsnap reads at most \(limit) of this kind into memory",
                digest: digest)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(size))
        while true {
            let chunk = try readChunk(upTo: max(1, Int(size) - bytes.count))
            if chunk.isEmpty { return bytes }
            bytes += chunk
        }
    }

    /// Reads all bytes once and goes back to the beginning.
    func verifyAll() throws(ContentStoreError) {
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        try buffer.withUnsafeMutableBufferPointer { (buffer) throws(ContentStoreError) in
            while try read(into: UnsafeMutableRawBufferPointer(buffer)) > 0 {}
        }
        guard lseek(descriptor.rawValue, 0, SEEK_SET) == 0 else {
            throw .system("read", path, Errno(rawValue: errno))
        }
        position = 0
        outcome = nil
    }

    private func verdict() -> Result<Void, ContentStoreError> {
        guard position == size else {
            return .failure(.damaged(digest, "its size changed from \(size) to \(position) bytes while it was read"))
        }
        do throws(HashingError) {
            let found = try hasher.finalize()
            return found == digest ? .success(()) : .failure(.damaged(digest, "its bytes are \(found)"))
        } catch {
            return .failure(ContentStoreError(.failed, error.message, digest: digest, cause: error))
        }
    }

    private func readSome(into buffer: UnsafeMutableRawBufferPointer) throws(ContentStoreError) -> Int {
        while true {
            let count = Glibc.read(descriptor.rawValue, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            let reason = Errno(rawValue: errno)
            if reason == .interrupted { continue }
            // EIO: the disk itself says that the bytes are gone.
            if reason == .ioError { throw .damaged(digest, "the disk cannot read it") }
            throw .system("read", path, reason)
        }
    }
}
