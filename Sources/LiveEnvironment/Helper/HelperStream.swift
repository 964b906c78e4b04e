// SPDX-License-Identifier: Apache-2.0
import Archive
import DockerEngine
import Foundation
import Synchronization

/// envsnap's end of a link to a helper: one request after the other.
final class HelperStream: Sendable {
    fileprivate struct State {
        var received: [UInt8] = []
        var offset = 0
        var isIdle = true
        var isClosed = false
    }

    private let link: any HelperLink
    /// Whether data is compressed on the link.
    let compresses: Bool
    private let state = Mutex(State())

    init(_ link: any HelperLink, compresses: Bool) {
        self.link = link
        self.compresses = compresses
    }

    /// Whether another request may be sent.
    var isIdle: Bool { state.withLock { $0.isIdle && !$0.isClosed } }

    /// Closes the link, also while others wait for it; the stream is of no more use.
    func close() async {
        state.withLock { $0.isClosed = true }
        await link.close()
    }

    /// Sends a request.
    func send(_ request: HelperRequest) async throws {
        state.withLock { $0.isIdle = false }
        try await link.send(try HelperFrame(.request, json: request).bytes)
    }

    /// Sends a piece of what the request brings along, or its end.
    func send(_ frame: HelperFrame) async throws { try await link.send(frame.bytes) }

    /// Waits for the answer.
    func answer() async throws -> HelperFrame {
        while true {
            let frame = try await nextFrame()
            if frame.kind == .answer { return frame }
        }
    }

    /// The next piece of data; nil at the answer, which is handed over.
    func nextData(orAnswer take: (HelperFrame) throws -> Void) async throws -> [UInt8]? {
        while true {
            let frame = try await nextFrame()
            switch frame.kind {
            case .data: return frame.payload
            case .answer:
                try take(frame)
                return nil
            default: continue
            }
        }
    }

    /// The value that an answer holds; after it the stream is idle.
    func value<Value: Codable>(in frame: HelperFrame) throws -> Value {
        let answer = try frame.decode(HelperAnswer<Value>.self)
        state.withLock { $0.isIdle = true }
        return try answer.get()
    }

    private func nextFrame() async throws -> HelperFrame {
        let (kind, length) = try HelperFrame.parse(head: try await bytes(HelperFrame.headSize))
        return HelperFrame(kind, try await bytes(length))
    }

    private func bytes(_ count: Int) async throws -> [UInt8] {
        while true {
            if let bytes = state.withLock({ $0.take(count) }) { return bytes }
            guard let more = try await link.receive() else { throw ended }
            state.withLock { $0.received += more }
        }
    }

    private var ended: LiveEnvironmentError {
        let words = link.words
        return LiveEnvironmentError(
            .helperFailed, "the helper ended in the middle of a request" + (words.isEmpty ? "" : ": \(words)"),
            hint: "has the engine been stopped, or the helper's container removed?")
    }
}

extension HelperStream.State {
    /// Takes so many bytes out, where they are there.
    fileprivate mutating func take(_ count: Int) -> [UInt8]? {
        guard received.count - offset >= count else {
            received.removeFirst(offset)
            offset = 0
            return nil
        }
        defer { offset += count }
        return Array(received[offset..<offset + count])
    }
}
