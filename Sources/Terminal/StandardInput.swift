// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Glibc
import Synchronization

/// Standard input, read as it comes and no longer than somebody waits for it.
public final class StandardInput: Sendable {
    /// So much is kept, to be given once more.
    private static let limit = 256 << 10

    private struct Kept {
        var pieces: [[UInt8]] = []
        var bytes = 0
        /// What is to be given before anything is read.
        var next = 0
    }

    private let kept = Mutex(Kept())
    /// A byte in the one end wakes whoever waits at the other.
    private let wake: (reader: Int32, writer: Int32)

    /// Standard input from here on.
    public init() {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        _ = socketpair(AF_UNIX, kind, 0, &ends)
        wake = (ends[0], ends[1])
    }

    deinit {
        close(wake.reader)
        close(wake.writer)
    }

    /// The next bytes; nil at the end, and where the task is cancelled.
    public func next() async -> [UInt8]? {
        if let piece = kept.withLock({ kept -> [UInt8]? in
            guard kept.next < kept.pieces.count else { return nil }
            kept.next += 1
            return kept.pieces[kept.next - 1]
        }) {
            return piece
        }
        guard !Task.isCancelled else { return nil }
        // What woke an earlier wait must not end this one.
        var old: UInt8 = 0
        while recv(wake.reader, &old, 1, Int32(MSG_DONTWAIT)) > 0 {}
        let piece = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                DispatchQueue.global().async { continuation.resume(returning: self.read()) }
            }
        } onCancel: {
            var byte: UInt8 = 0
            _ = write(self.wake.writer, &byte, 1)
        }
        if let piece { keep(piece) }
        return piece
    }

    /// Gives everything once more that was given so far; not where that was too much to be kept.
    public func rewind() -> Bool {
        kept.withLock { kept in
            guard kept.bytes <= Self.limit else { return false }
            kept.next = 0
            return true
        }
    }

    private func keep(_ piece: [UInt8]) {
        kept.withLock { kept in
            kept.bytes += piece.count
            if kept.bytes > Self.limit { kept.pieces = [] } else { kept.pieces.append(piece) }
            kept.next = kept.pieces.count
        }
    }

    private func read() -> [UInt8]? {
        var watched = [
            pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
            pollfd(fd: wake.reader, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            guard poll(&watched, 2, -1) >= 0 else {
                if errno == EINTR { continue }
                return nil
            }
            if watched[1].revents != 0 {
                var byte: UInt8 = 0
                _ = Glibc.read(wake.reader, &byte, 1)
                return nil
            }
            var buffer = [UInt8](repeating: 0, count: 64 << 10)
            let count = Glibc.read(STDIN_FILENO, &buffer, buffer.count)
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            return count > 0 ? Array(buffer[..<count]) : nil
        }
    }
}
