// SPDX-License-Identifier: Apache-2.0
// https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#pulling-blobs

import Glibc
import HTTPTransfer
import OCI
import SystemPackage

/// Fetches one blob into a file, and goes on behind what the file has already.
struct BlobDownload {
    let connection: RegistryConnection
    let digest: Digest
    let size: Int64
    let file: FilePath
    /// Called with the number of bytes that came.
    let progress: (Int64) -> Void

    /// Returns when the file has as many bytes as the blob; they are not verified here.
    func run() throws {
        let descriptor: FileDescriptor
        do {
            descriptor = try FileDescriptor.open(
                file, .readWrite, options: [.create, .append, .noFollow, .closeOnExec], permissions: .ownerReadWrite)
        } catch let error as Errno { throw Self.failure("open", file, error) }
        defer { try? descriptor.close() }
        var have = try descriptor.seek(offset: 0, from: .end)
        try connection.session.retries.run(progress: { have }) {
            if have > size { try empty(descriptor, &have) }
            if have == size { return }
            try fetch(to: descriptor, &have)
            guard have == size else { throw HTTPError(code: .broken, message: "the registry sent too few bytes") }
        }
    }

    private func fetch(to descriptor: FileDescriptor, _ have: inout Int64) throws {
        var request = HTTPRequest("GET", connection.address("blobs/\(digest)"))
        let start = have
        if start > 0 { request.headers.append(("Range", "bytes=\(start)-")) }
        var total = start
        var hasBegun = false
        defer { have = total }
        do {
            try connection.send(
                expecting: [200, 206],
                receiving: { head, bytes in
                    if !hasBegun {
                        hasBegun = true
                        // A server that does not know ranges begins at the beginning.
                        if head.status == 200, total > 0 { try empty(descriptor, &total) }
                        guard head.status == 200 || head["Content-Range"]?.hasPrefix("bytes \(start)-") == true else {
                            throw SharingError(.registry, "the registry sends another range than it was asked for")
                        }
                    }
                    guard total + Int64(bytes.count) <= size else {
                        throw SharingError(
                            .badBundle, "the registry sends more bytes of \(digest.short) than announced")
                    }
                    do { try descriptor.writeAll(bytes) } catch let error as Errno {
                        throw Self.failure("write", file, error)
                    }
                    total += Int64(bytes.count)
                    progress(Int64(bytes.count))
                }
            ) { request }
        } catch let failure as RegistryFailure where failure.status == 416 {
            try empty(descriptor, &total)
            throw HTTPError(code: .broken, message: "the registry does not go on at byte \(start)")
        }
    }

    private func empty(_ descriptor: FileDescriptor, _ have: inout Int64) throws {
        guard ftruncate(descriptor.rawValue, 0) == 0 else { throw Self.failure("empty", file, Errno(rawValue: errno)) }
        have = 0
    }

    private static func failure(_ action: String, _ file: FilePath, _ error: Errno) -> SharingError {
        SharingError(
            error == .noSpace || error == .diskQuotaExceeded ? .noSpace : .system,
            "cannot \(action) \(file): \(error)", hint: error == .noSpace ? "envsnap gc frees space" : nil)
    }
}
