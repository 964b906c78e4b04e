// SPDX-License-Identifier: Apache-2.0

import CArchive
import Glibc

/// Owns a libarchive reader and the source it reads from.
///
/// Every call of libarchive goes through `call`, which keeps the locale plain and brings back what the source threw.
final class ReadHandle {
    let archive: OpaquePointer
    private let source: ByteSource
    private let buffer: UnsafeMutableRawBufferPointer
    private var failure: (any Error)?
    private var lastChunk = 0
    /// How many bytes the source has given.
    private(set) var taken: Int64 = 0

    init(source: @escaping ByteSource) throws {
        guard let archive = archive_read_new() else { throw ArchiveError.system("make an archive reader") }
        self.archive = archive
        self.source = source
        buffer = .allocate(byteCount: 256 * 1024, alignment: 16)
    }

    deinit {
        archive_read_free(archive)
        buffer.deallocate()
    }

    /// Begins to read; formats and filters are set before.
    func open() throws {
        let context = Unmanaged.passUnretained(self).toOpaque()
        let result = try call {
            archive_read_open(
                archive, context, nil,
                { _, context, block in
                    guard let context, let block else { return -1 }
                    return Unmanaged<ReadHandle>.fromOpaque(context).takeUnretainedValue().supply(block)
                }, nil)
        }
        guard result == ARCHIVE_OK else { throw error() }
    }

    /// Runs a libarchive call in the C locale, and rethrows what the source threw meanwhile.
    ///
    /// libarchive converts pax names to the thread's character set; in a UTF-8 locale it composes them (NFC), so that two
    /// files become one. In the C locale it fails to convert and leaves the bytes alone.
    func call<Result>(_ body: () -> Result) throws -> Result {
        let previous = uselocale(ReadHandle.plainLocale)
        defer { uselocale(previous) }
        let result = body()
        if let failure { throw failure }
        return result
    }

    /// What libarchive says went wrong.
    func error(_ path: [UInt8]? = nil) -> ArchiveError {
        let reason = reason
        // libarchive has one number for both; its texts in archive_read_support_format_tar.c and …_filter_zstd.c differ.
        let isTruncated = reason.contains("runcated")
        let subject = path.map { " at \(Name.text($0))" } ?? ""
        return ArchiveError(
            isTruncated ? .truncated : .damaged,
            isTruncated
                ? "the stream ends too early\(subject); fetch or make it again"
                : "the stream is damaged\(subject): \(reason); fetch or make it again",
            path: path)
    }

    /// The text of libarchive's last error.
    var reason: String {
        archive_error_string(archive).map { String(cString: $0) } ?? "not a known format"
    }

    /// Reads to the end of the source; false when there is anything but zero bytes after the first `consumed` ones.
    func restIsZero(after consumed: Int64) throws -> Bool {
        let unread = Int(min(taken - consumed, Int64(lastChunk)))
        guard unread <= 0 || buffer[(lastChunk - unread)..<lastChunk].allSatisfy({ $0 == 0 }) else { return false }
        while case let count = try source(buffer), count > 0 {
            guard buffer[..<count].allSatisfy({ $0 == 0 }) else { return false }
        }
        return true
    }

    private func supply(_ block: UnsafeMutablePointer<UnsafeRawPointer?>) -> Int {
        do {
            lastChunk = try source(buffer)
            taken += Int64(lastChunk)
            block.pointee = UnsafeRawPointer(buffer.baseAddress)
            return lastChunk
        } catch {
            failure = error
            return -1
        }
    }

    nonisolated(unsafe) private static let plainLocale = newlocale(CInt(1) << LC_CTYPE, "C", nil)
}
