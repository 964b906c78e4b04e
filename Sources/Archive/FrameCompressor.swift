// SPDX-License-Identifier: Apache-2.0

/// Compresses a stream on all processors, as zstd frames of 2 MiB of it each.
///
/// How many processors there are makes no difference to the bytes.
public final class FrameCompressor {
    private static let frame = 2 << 20
    private static let framesAtOnce = min(4, Parallel.width)

    private let level: Int
    private let sink: ByteSink
    private let backstage = Backstage()
    private var filling = FillBuffer(capacity: frame * framesAtOnce)
    private var spare = FillBuffer(capacity: frame * framesAtOnce)
    private var isEmpty = true

    /// A compressor of a level from 1 to 19 that gives its output to `sink`, on other threads but one call at a time.
    public init(level: Int = 2, sink: @escaping ByteSink) {
        self.level = level
        self.sink = sink
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
        try backstage.wait()
    }

    private func handOver() throws {
        let (full, level, sink) = (filling, level, sink)
        try backstage.begin {
            let bytes = full.bytes
            let starts = Array(stride(from: 0, to: max(1, bytes.count), by: Self.frame))
            let frames = try Parallel.map(starts.count) { index in
                let end = min(starts[index] + Self.frame, bytes.count)
                return try ZstdCompressor.frame(
                    UnsafeRawBufferPointer(rebasing: bytes[starts[index]..<end]), level: level)
            }
            for frame in frames { try frame.withUnsafeBytes(sink) }
            full.used = 0
        }
        (filling, spare) = (spare, filling)
        isEmpty = false
    }
}
