// SPDX-License-Identifier: Apache-2.0

import CArchive
public import SystemPackage

/// Reads tar archives: ustar, GNU and pax, without any decompression.
public final class PaxReader {
    private enum State {
        case atHeader, atBody, afterBody, ended, failed
    }

    private let handle: ReadHandle
    private var state = State.atHeader
    private var current: ArchiveEntry?

    /// A reader of what `source` gives.
    public init(source: @escaping ByteSource) throws {
        handle = try ReadHandle(source: source)
        // Only this format and no filter: most of libarchive's holes were in others, and filters stack into bombs.
        archive_read_support_format_tar(handle.archive)
        try handle.open()
    }

    /// A reader of an open file or pipe, which stays open.
    public convenience init(reading descriptor: FileDescriptor) throws {
        try self.init(source: { try descriptor.read(into: $0) })
    }

    /// The next entry, or nil at the end mark; an archive without end mark throws.
    public func next() throws -> ArchiveEntry? {
        switch state {
        case .ended: return nil
        case .failed: throw ArchiveError(.misuse, "the archive failed before and cannot be read on")
        case .atBody: try skipBody()
        case .atHeader, .afterBody: break
        }
        state = .failed
        let before = archive_filter_bytes(handle.archive, 0)
        var pointer: OpaquePointer?
        let result = try handle.call { archive_read_next_header(handle.archive, &pointer) }
        switch result {
        case ARCHIVE_OK: break
        case ARCHIVE_WARN: try tolerateWarning()
        case ARCHIVE_EOF:
            try checkEnd(before: before)
            state = .ended
            current = nil
            return nil
        default: throw handle.error(current?.path)
        }
        guard let pointer else { throw handle.error() }
        let entry = try handle.call { Result { try ArchiveEntry(libarchive: pointer) } }.get()
        current = entry
        state = .atBody
        return entry
    }

    /// Hands over the data of the entry `next()` gave last, block by block with their offsets; holes are left out.
    public func readBody(_ body: (_ bytes: UnsafeRawBufferPointer, _ offset: Int64) throws -> Void) throws {
        guard state == .atBody, let current else {
            throw ArchiveError(.misuse, "there is no entry whose data could be read")
        }
        state = .failed
        let end = current.size
        while true {
            var pointer: UnsafeRawPointer?
            var count = 0
            var offset: Int64 = 0
            let result = try handle.call { archive_read_data_block(handle.archive, &pointer, &count, &offset) }
            if result == ARCHIVE_EOF { break }
            guard result == ARCHIVE_OK else { throw handle.error(current.path) }
            guard count > 0 else { continue }
            guard offset >= 0, offset <= end, Int64(count) <= end - offset else {
                throw ArchiveError(
                    .damaged, "data beyond the end of \(Name.text(current.path)); make the archive again",
                    path: current.path)
            }
            try body(UnsafeRawBufferPointer(start: pointer, count: count), offset)
        }
        state = .afterBody
    }

    /// The whole content of the current entry, holes as zero bytes, for members known to be small.
    public func readAll(limit: Int) throws -> [UInt8] {
        guard let current, current.size <= Int64(limit) else {
            throw ArchiveError(.limitExceeded, "an archive member is larger than \(limit) bytes", path: current?.path)
        }
        var content = [UInt8](repeating: 0, count: Int(current.size))
        try readBody { bytes, offset in
            content.withUnsafeMutableBytes { memory in
                UnsafeMutableRawBufferPointer(rebasing: memory[Int(offset)...]).copyMemory(from: bytes)
            }
        }
        return content
    }

    /// Fills a part of the buffer with the content of the current entry, holes as zero bytes; 0 is its end.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard state == .atBody, let current else {
            guard state == .afterBody else {
                throw ArchiveError(.misuse, "there is no entry whose data could be read")
            }
            return 0
        }
        state = .failed
        let count = try handle.call { archive_read_data(handle.archive, buffer.baseAddress, buffer.count) }
        guard count >= 0 else { throw handle.error(current.path) }
        state = count == 0 ? .afterBody : .atBody
        return count
    }

    private func skipBody() throws {
        state = .failed
        let result = try handle.call { archive_read_data_skip(handle.archive) }
        guard result == ARCHIVE_OK || result == ARCHIVE_EOF else { throw handle.error(current?.path) }
    }

    /// Names that are not ASCII give a warning in the C locale, and come as they are; see `ReadHandle.call`.
    private func tolerateWarning() throws {
        guard handle.reason.contains("can't be converted from") else { throw handle.error() }
    }

    /// libarchive takes the bare end of input for the end of the archive, and skips a truncated body without an error.
    private func checkEnd(before: Int64) throws {
        let consumed = archive_filter_bytes(handle.archive, 0)
        guard consumed - before >= Int64(2 * UstarHeader.blockSize) else {
            throw ArchiveError(
                .truncated, "the archive ends without its end mark; fetch or make it again", path: current?.path)
        }
        guard try handle.restIsZero(after: consumed) else {
            throw ArchiveError(.damaged, "there is data after the end of the archive; make it again")
        }
    }
}
