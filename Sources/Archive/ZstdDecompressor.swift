// SPDX-License-Identifier: Apache-2.0

import CArchive

/// Decompresses a zstd stream of any number of frames.
public final class ZstdDecompressor {
    private enum State {
        case start, inside, ended, failed
    }

    private let source: ByteSource
    private let limit: Int64
    private var handle: ReadHandle?
    private var state = State.start
    private var given: Int64 = 0

    /// A decompressor of what `source` gives; more than `limit` bytes of output make it throw.
    public init(limit: Int64 = .max, source: @escaping ByteSource) throws {
        self.limit = limit
        self.source = source
    }

    /// Fills a part of the buffer and says how much; 0 is the end of the stream.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let isAtStart = state == .start
        switch state {
        case .ended: return 0
        case .failed: throw ArchiveError(.misuse, "the stream failed before and cannot be read on")
        case .start, .inside: state = .failed
        }
        if isAtStart { handle = try begin() }
        guard let handle else {
            state = .ended
            return 0
        }
        let count = try handle.call { archive_read_data(handle.archive, buffer.baseAddress, buffer.count) }
        guard count >= 0 else { throw handle.error() }
        given += Int64(count)
        guard given <= limit else {
            throw ArchiveError(.limitExceeded, "the stream is larger than the \(limit) bytes allowed")
        }
        state = count == 0 && !buffer.isEmpty ? .ended : .inside
        return count
    }

    /// The open stream, or nil when it is whole and holds nothing.
    private func begin() throws -> ReadHandle? {
        let (head, isWhole) = try readHead()
        guard !head.isEmpty else {
            throw ArchiveError(.truncated, "the stream is empty, which no zstd stream is; fetch or make it again")
        }
        if isWhole, ZstdDecompressor.holdsNothing(head) { return nil }
        return try ZstdDecompressor.open(ZstdDecompressor.chain(head, source))
    }

    /// The first bytes, and whether they are all.
    private func readHead() throws -> (bytes: [UInt8], isWhole: Bool) {
        var head: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 256)
        while head.count < buffer.count {
            let room = buffer.count - head.count
            let count = try buffer.withUnsafeMutableBytes {
                try source(UnsafeMutableRawBufferPointer(rebasing: $0[..<room]))
            }
            guard count > 0 else { return (head, true) }
            head += buffer[..<count]
        }
        return (head, false)
    }

    private static func open(_ source: @escaping ByteSource) throws -> ReadHandle {
        let handle = try ReadHandle(source: source)
        // Named and not detected: filters that libarchive detects stack into bombs, and what is not zstd would pass as is.
        archive_read_support_format_raw(handle.archive)
        guard archive_read_append_filter(handle.archive, ARCHIVE_FILTER_ZSTD) == ARCHIVE_OK else {
            throw handle.error()
        }
        try handle.open()
        var entry: OpaquePointer?
        guard try handle.call({ archive_read_next_header(handle.archive, &entry) }) == ARCHIVE_OK else {
            throw handle.error()
        }
        return handle
    }

    /// libarchive cannot tell a stream of nothing from a damaged one: with a frame of one byte behind it, it can.
    private static func holdsNothing(_ stream: [UInt8]) -> Bool {
        // https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1: magic, one segment of one byte, last block, raw, "E"
        let frame: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0x20, 1, 9, 0, 0, 0x45]
        guard let handle = try? open(chain(stream + frame, { _ in 0 })) else { return false }
        var output: [UInt8] = [0, 0]
        let count = try? handle.call {
            output.withUnsafeMutableBytes { archive_read_data(handle.archive, $0.baseAddress, $0.count) }
        }
        return count == 1 && output[0] == 0x45
    }

    private static func chain(_ head: [UInt8], _ rest: @escaping ByteSource) -> ByteSource {
        var pending = head[...]
        return { buffer in
            guard !pending.isEmpty else { return try rest(buffer) }
            let portion = pending.prefix(buffer.count)
            pending = pending.dropFirst(portion.count)
            buffer.copyBytes(from: portion)
            return portion.count
        }
    }
}
