// SPDX-License-Identifier: Apache-2.0
import Archive
import Synchronization

/// The data that a helper sends before its answer, for one pass.
final class HelperDownload: AsyncSequence, Sendable {
    private let stream: HelperStream
    private let last = Mutex<HelperFrame?>(nil)

    init(_ stream: HelperStream) { self.stream = stream }

    struct AsyncIterator: AsyncIteratorProtocol {
        let download: HelperDownload

        mutating func next() async throws -> [UInt8]? { try await download.next() }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(download: self) }

    private func next() async throws -> [UInt8]? {
        guard last.withLock({ $0 == nil }) else { return nil }
        return try await stream.nextData { frame in
            last.withLock { $0 = frame }
            // A failure is told here, before what came of the data is found to be cut.
            let _: Done = try stream.value(in: frame)
        }
    }

    /// Passes the data on as it was before it was compressed.
    func pass(_ next: @escaping () throws -> [UInt8]?, to sink: ByteSink) throws {
        guard stream.compresses else {
            while let bytes = try next() { try bytes.withUnsafeBytes(sink) }
            return
        }
        guard let first = try next() else { return }
        var head: [UInt8]? = first
        let source = ChunkSource { try head.take() ?? next() }
        let decompressor = try ZstdDecompressor(source: source.read)
        try forEachChunk(of: decompressor.read, sink)
        while try next() != nil {}
    }

    /// What the answer says, once all data was read.
    func answer<Value: Codable>() throws -> Value {
        guard let frame = last.withLock({ $0 }) else {
            throw LiveEnvironmentError(.helperFailed, "the helper's answer was asked for before its data")
        }
        return try stream.value(in: frame)
    }
}
