// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Compresses a stream on all processors, as zstd frames of 2 MiB of it each.
///
/// How many processors there are makes no difference to the bytes.
public final class FrameCompressor {
    private static let frame = 2 << 20

    private let level: Int
    private let frames: OrderedWork<[UInt8]>
    private let spares = SpareBuffers()
    private var filling = FillBuffer(capacity: frame)
    private var isEmpty = true

    /// A compressor of a level from 1 to 19 that gives its output to `sink`, on other threads but one call at a time.
    public init(level: Int = 2, sink: @escaping ByteSink) {
        self.level = level
        frames = OrderedWork { try $0.withUnsafeBytes(sink) }
    }

    /// Compresses the bytes.
    ///
    /// - Throws: `ArchiveError`, or the sink's error, which may be that of an earlier call.
    public func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while !rest.isEmpty {
            rest = UnsafeRawBufferPointer(rebasing: rest[filling.fill(rest)...])
            if filling.isFull { try handOver() }
        }
    }

    /// Ends the stream; all output was given to the sink when this returns.
    public func finish() throws {
        if isEmpty || filling.used > 0 { try handOver() }
        try frames.wait()
    }

    private func handOver() throws {
        // It is the work's alone from here on.
        nonisolated(unsafe) let full = filling
        let (level, spares) = (level, spares)
        try frames.begin {
            defer { spares.put(full) }
            return try ZstdCompressor.frame(full.bytes, level: level)
        }
        filling = spares.take() ?? FillBuffer(capacity: Self.frame)
        isEmpty = false
    }
}

/// Buffers that were used and are free again: whoever puts one here lets go of it.
private final class SpareBuffers: Sendable {
    private let lock = Mutex(())
    nonisolated(unsafe) private var buffers: [FillBuffer] = []

    func take() -> FillBuffer? { lock.withLock { _ in buffers.popLast() } }

    func put(_ buffer: FillBuffer) {
        buffer.used = 0
        lock.withLock { _ in buffers.append(buffer) }
    }
}
