// SPDX-License-Identifier: Apache-2.0
import Archive
import Foundation
import Glibc
import SystemPackage

/// The helper's end of a link: standard input and output, which block.
final class HelperConnection: Sendable {
    private let input: FileDescriptor
    private let output: FileDescriptor
    /// Whether data is compressed on the link.
    private let compresses: Bool
    /// The longest silence of the other side in seconds; then it is gone.
    private let patience: Int
    private let writing = NSLock()

    init(input: FileDescriptor, output: FileDescriptor, compresses: Bool, patience: Int) {
        self.input = input
        self.output = output
        self.compresses = compresses
        self.patience = patience
    }

    /// The next request; nil where the other side has gone.
    func nextRequest() throws -> HelperRequest? {
        while let frame = try nextFrame() {
            switch frame.kind {
            case .request: return try frame.decode()
            case .beat: continue
            default: throw LiveEnvironmentError(.helperFailed, "a frame that is no request came between two requests")
            }
        }
        return nil
    }

    /// Sends the data that a body produces.
    func send<Result>(_ body: (@escaping ByteSink) throws -> Result) throws -> Result {
        let plain: ByteSink = { bytes in try self.send(HelperFrame(.data, Array(bytes))) }
        guard compresses else { return try body(plain) }
        let compressor = try ZstdCompressor(sink: plain)
        let result = try body(compressor.write)
        try compressor.finish()
        return result
    }

    /// What a request brings along, up to its end.
    func upload() throws -> ByteSource {
        var isAtEnd = false
        let chunks = ChunkSource {
            while !isAtEnd {
                guard let frame = try self.nextFrame() else { throw Cut() }
                switch frame.kind {
                case .data: return frame.payload
                case .end: isAtEnd = true
                default: continue
                }
            }
            return nil
        }
        guard compresses else { return chunks.read }
        let decompressor = try ZstdDecompressor(source: chunks.read)
        return { buffer in
            let count = try decompressor.read(into: buffer)
            // The end comes behind what the decompressor takes for the end.
            if count == 0, try chunks.read(into: buffer) > 0 { throw Cut() }
            return count
        }
    }

    func send(_ frame: HelperFrame) throws {
        writing.lock()
        defer { writing.unlock() }
        _ = try output.writeAll(frame.bytes)
    }

    /// What came ended in the middle.
    struct Cut: Error, CustomStringConvertible {
        var description: String { "envsnap closed the link in the middle of a request" }
    }

    private func nextFrame() throws -> HelperFrame? {
        guard let head = try read(HelperFrame.headSize) else { return nil }
        let (kind, length) = try HelperFrame.parse(head: head)
        guard let payload = try read(length) else { throw Cut() }
        return HelperFrame(kind, payload)
    }

    /// Exactly so many bytes; nil where there are none at all.
    private func read(_ count: Int) throws -> [UInt8]? {
        // What a frame claims to bring is not believed before it comes.
        var bytes = [UInt8](repeating: 0, count: min(count, 1 << 20))
        var filled = 0
        while filled < count {
            if filled == bytes.count {
                bytes.append(contentsOf: repeatElement(0, count: min(count - filled, filled)))
            }
            var waiting = pollfd(fd: input.rawValue, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, Int32(patience * 1000)) != 0 else { throw Cut() }
            let got = try bytes.withUnsafeMutableBytes {
                try input.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[filled...]))
            }
            guard got > 0 else {
                guard filled == 0 else { throw Cut() }
                return nil
            }
            filled += got
        }
        return bytes
    }
}
