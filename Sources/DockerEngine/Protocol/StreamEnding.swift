// SPDX-License-Identifier: Apache-2.0

import JSONTree
import NIOCore

/// How the bytes of a download must end.
///
/// An engine that fails in the middle of a tar has sent its 200 already: it writes the error behind what it has sent,
/// as JSON, and ends the answer as if all were well (moby `getImagesGet` and `getContainersArchive`).
public enum StreamEnding: Sendable {
    /// Anyhow.
    case any
    /// As a tar does: two blocks of zeros.
    case tar
}

/// Watches the last bytes of a stream that must end in a certain way.
struct EndingWatch {
    private static let blocks = 1024
    private let ending: StreamEnding
    private var tail: [UInt8] = []

    init(_ ending: StreamEnding) { self.ending = ending }

    /// Sees a piece of the stream.
    mutating func see(_ bytes: ByteBuffer) {
        guard ending == .tar else { return }
        let count = min(Self.blocks, bytes.readableBytes)
        tail += bytes.getBytes(at: bytes.writerIndex - count, length: count) ?? []
        if tail.count > Self.blocks { tail.removeFirst(tail.count - Self.blocks) }
    }

    /// What is wrong with the end, or nil where it is right.
    func fault() -> EngineError? {
        guard ending == .tar, tail.count < Self.blocks || tail.contains(where: { $0 != 0 }) else { return nil }
        // The text stands behind the last member, which ends in zeros or in anything at all.
        let start = tail.lastIndex(of: 0).map { $0 + 1 } ?? tail.firstIndex(of: UInt8(ascii: "{")) ?? 0
        if let json = try? JSONValue(parsing: tail[start...]),
            let message = json["errorDetail"]["message"].string ?? json["error"].string ?? json["message"].string
        {
            return EngineError(.engineFailure, "the engine failed in the middle of an archive: \(message)")
        }
        return EngineError(.cutStream, "the archive an engine sent does not end as a tar does: it is incomplete")
    }
}
