// SPDX-License-Identifier: Apache-2.0

import CArchive
import Glibc

/// Owns a libarchive writer and the sink it writes to.
final class WriteHandle {
    private let archive: OpaquePointer
    private let sink: ByteSink
    private var failure: (any Error)?
    private var isClosed = false
    private var isAbandoned = false

    init(sink: @escaping ByteSink) throws {
        guard let archive = archive_write_new() else { throw ArchiveError.system("make an archive writer") }
        self.archive = archive
        self.sink = sink
    }

    deinit {
        // A stream that was not ended has to be, for libarchive 3.6 frees neither its block nor zlib's state otherwise; but
        // what that writes would make it look whole.
        isAbandoned = true
        if !isClosed { archive_write_close(archive) }
        archive_write_free(archive)
    }

    /// Compressions that a stream is written with.
    enum Filter: String {
        case zstd, gzip
    }

    /// Opens the raw format with a filter, and the one entry that format has.
    func begin(_ filter: Filter, level: Int) throws {
        try check(archive_write_set_format_raw(archive))
        switch filter {
        case .zstd: try check(archive_write_add_filter_zstd(archive))
        case .gzip: try check(archive_write_add_filter_gzip(archive))
        }
        try check(archive_write_set_filter_option(archive, filter.rawValue, "compression-level", String(level)))
        try check(archive_write_set_bytes_per_block(archive, 256 * 1024))
        try check(archive_write_set_bytes_in_last_block(archive, 1))
        let context = Unmanaged.passUnretained(self).toOpaque()
        try check(
            archive_write_open(
                archive, context, nil,
                { _, context, bytes, count in
                    guard let context else { return -1 }
                    return Unmanaged<WriteHandle>.fromOpaque(context).takeUnretainedValue().deliver(bytes, count)
                }, nil))
        let entry = archive_entry_new()
        defer { archive_entry_free(entry) }
        let regular: mode_t = S_IFREG
        archive_entry_set_filetype(entry, UInt32(regular))
        try check(archive_write_header(archive, entry))
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        let count = archive_write_data(archive, bytes.baseAddress, bytes.count)
        if let failure { throw failure }
        guard count == bytes.count else { throw error() }
    }

    func close() throws {
        try check(archive_write_close(archive))
        isClosed = true
    }

    private func check(_ result: CInt) throws {
        if let failure { throw failure }
        guard result == ARCHIVE_OK else { throw error() }
    }

    private func error() -> ArchiveError {
        let reason = archive_error_string(archive).map { String(cString: $0) } ?? "unknown reason"
        return ArchiveError(.system, "the compressor failed: \(reason)")
    }

    private func deliver(_ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
        if isAbandoned { return count }
        do {
            try sink(UnsafeRawBufferPointer(start: bytes, count: count))
            return count
        } catch {
            failure = error
            return -1
        }
    }
}
