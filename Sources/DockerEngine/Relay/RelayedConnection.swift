// SPDX-License-Identifier: Apache-2.0

import JSONTree
import NIOCore
import Synchronization

/// One connection of a client that is carried on to an engine.
final class RelayedConnection: Sendable {
    /// The side of the engine.
    struct Far: Sendable {
        let wire: any Wire
        let transport: Transport
    }

    private struct Counts {
        var asked = 0
        var answered = 0
    }

    private let client: SocketWire
    private let engine: Far
    private let counts = Mutex(Counts())

    init(client: SocketWire, engine: Far) {
        self.client = client
        self.engine = engine
    }

    /// Carries bytes until the engine has said all, or the client is gone.
    ///
    /// Questions that end are no end of the answers.
    func run() async {
        async let questions: Void = carryQuestions()
        await carryAnswers()
        // The client's end wakes the other direction.
        client.close()
        await questions
        engine.wire.socket.close()
    }

    private func carryQuestions() async {
        do {
            while let bytes = try await client.read(within: nil) {
                counts.withLock { $0.asked += bytes.readableBytes }
                try await engine.wire.write(bytes, within: nil)
            }
            try await engine.wire.socket.closeOutput()
        } catch {
            engine.wire.socket.close()
        }
    }

    private func carryAnswers() async {
        do {
            while let bytes = try await engine.wire.read(within: nil) {
                counts.withLock { $0.answered += bytes.readableBytes }
                try await client.write(bytes, within: nil)
            }
            await explain(HTTPFault.cut)
        } catch {
            await explain(error)
        }
    }

    /// Tells a client that got no answer at all why.
    private func explain(_ error: any Error) async {
        let counts = counts.withLock { $0 }
        guard counts.asked > 0, counts.answered == 0, !Task.isCancelled else { return }
        let explained = await engine.transport.explain(error, "a request", engine.wire, isAnswered: false)
        await Self.refuse(client, because: explained)
    }

    /// Answers in an engine's place; the docker command prints the words.
    static func refuse(_ client: SocketWire, because error: any Error) async {
        guard !(error is CancellationError) else { return }
        let words = (error as? EngineError)?.message ?? String(describing: error)
        let body: JSONValue = ["message": .string("envsnap: \(words)")]
        let bytes = body.canonicalBytes
        let head =
            "HTTP/1.1 502 Bad Gateway\r\nContent-Type: application/json\r\nContent-Length: \(bytes.count)\r\n"
            + "Connection: close\r\n\r\n"
        try? await client.write(ByteBuffer(bytes: Array(head.utf8) + bytes), within: .seconds(5))
    }
}
