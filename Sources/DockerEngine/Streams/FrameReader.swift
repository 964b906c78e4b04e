// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Synchronization

/// Takes the output of a process apart as it comes.
final class FrameReader: Sendable {
    let source: any ChunkSource
    private let framing: Framing
    private let decoder = Mutex(StdcopyDecoder())

    init(_ source: any ChunkSource, framing: Framing) {
        self.source = source
        self.framing = framing
    }

    func next() async throws -> StreamChunk? {
        guard framing == .multiplexed else {
            return try await source.next().map { StreamChunk(.stdout, Array($0.readableBytesView)) }
        }
        do {
            while true {
                if let (kind, bytes) = try decoder.withLock({ try $0.next() }) {
                    return try chunk(kind, Array(bytes.readableBytesView))
                }
                guard let bytes = try await source.next() else { break }
                decoder.withLock { $0.append(bytes) }
            }
            guard decoder.withLock({ $0.isAtFrameEnd }) else { throw StdcopyFault.cut }
            return nil
        } catch let fault as StdcopyFault {
            await source.close()
            throw EngineError(
                fault == .cut ? .cutStream : .badFrame, "the output of a process cannot be read: \(fault)", cause: fault
            )
        }
    }

    private func chunk(_ kind: StdcopyDecoder.Kind, _ bytes: [UInt8]) throws -> StreamChunk {
        switch kind {
        case .stdin, .stdout: return StreamChunk(.stdout, bytes)
        case .stderr: return StreamChunk(.stderr, bytes)
        case .engine:
            throw EngineError(
                .engineFailure, "the engine reports in a stream: \(String(decoding: bytes, as: UTF8.self))")
        }
    }
}
