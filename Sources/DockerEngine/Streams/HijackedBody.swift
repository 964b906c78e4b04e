// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What comes on a connection that was handed over to a process.
final class HijackedBody: ChunkSource {
    private let hijacked: Hijacked
    private let unread: Mutex<ByteBuffer?>
    /// The longest silence; nil is for ever, since a process may be silent for as long as it likes.
    private let stall: Duration?

    init(_ hijacked: Hijacked, stall: Duration?) {
        self.hijacked = hijacked
        self.stall = stall
        unread = Mutex(hijacked.unread.readableBytes > 0 ? hijacked.unread : nil)
    }

    /// Closing what has closed already does nothing.
    deinit { hijacked.wire.socket.close() }

    func next() async throws -> ByteBuffer? {
        if let bytes = unread.withLock({ $0.take() }) { return bytes }
        do {
            return try await hijacked.wire.read(within: stall)
        } catch let error as IOError where error.errnoCode == ECONNRESET {
            // A command that ends with input unread leaves a reset behind its output. Whether it ended, and not the
            // connection alone, is told by its exit code, and by the frames.
            return nil
        } catch {
            throw await hijacked.transport.explain(error, hijacked.request.summary, hijacked.wire, isAnswered: true)
        }
    }

    func close() async {
        hijacked.wire.socket.close(because: .closed)
        await hijacked.wire.socket.closeAndWait()
    }
}
