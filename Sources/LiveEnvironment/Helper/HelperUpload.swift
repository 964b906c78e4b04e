// SPDX-License-Identifier: Apache-2.0
import Archive
import Synchronization

/// Sends what a request brings along, and watches meanwhile for an answer that comes early, as failures do.
final class HelperUpload: Sendable {
    private let stream: HelperStream
    private let isSent = Mutex(false)

    init(_ stream: HelperStream) { self.stream = stream }

    /// Sends all that the source gives, and reads the answer.
    ///
    /// - Throws: the helper's failure, or the source's own; then the stream is of no more use.
    func send<Value: Codable>(from open: @escaping @Sendable () throws -> ByteSource) async throws -> Value {
        async let answer = awaitAnswer()
        do {
            do { try await send(open) } catch {
                await stream.close()
                // What the helper said of it tells more than the link that broke.
                if let frame = try? await answer { return try stream.value(in: frame) }
                throw error
            }
            return try stream.value(in: try await answer)
        } catch {
            await stream.close()
            throw error
        }
    }

    /// An answer that comes before all was sent ends the sending: the helper does not read the rest.
    private func awaitAnswer() async throws -> HelperFrame {
        let frame = try await stream.answer()
        if isSent.withLock({ !$0 }) { await stream.close() }
        return frame
    }

    private func send(_ open: @escaping @Sendable () throws -> ByteSource) async throws {
        let compresses = stream.compresses
        try await BlockingWork.produce { write in
            try withoutActuallyEscaping(write) { write in
                let sink: ByteSink = { try write(Array($0)) }
                let compressor = compresses ? try ZstdCompressor(sink: sink) : nil
                try forEachChunk(of: try open()) { bytes in
                    if let compressor { try compressor.write(bytes) } else { try sink(bytes) }
                }
                try compressor?.finish()
            }
        } to: { chunks in
            for try await chunk in chunks { try await stream.send(HelperFrame(.data, chunk)) }
        }
        isSent.withLock { $0 = true }
        try await stream.send(HelperFrame(.end))
    }
}
