// SPDX-License-Identifier: Apache-2.0

import DockerEngine
import NIOCore
import NIOPosix
import Synchronization
import TestSupport

/// A scripted engine on a unix socket: every connection runs the script, which sees and sends bytes.
final class Peer: Sendable {
    /// The path of the socket.
    let path: String
    private let accepted = Mutex(0)

    private init(path: String) { self.path = path }

    var address: EngineAddress { .unix(path) }
    /// How many connections were accepted.
    var connections: Int { accepted.withLock { $0 } }

    /// Runs a body against a peer, which is gone afterwards.
    @discardableResult
    static func run<Value: Sendable>(
        _ script: @escaping @Sendable (PeerConnection) async throws -> Void,
        body: @Sendable (Peer) async throws -> Value
    ) async throws -> Value {
        let folder = try TemporaryFolder()
        let peer = Peer(path: folder.path + "/engine.sock")
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .bind(unixDomainSocketPath: peer.path) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(isOutboundHalfClosureEnabled: true))
                }
            }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await peer.serve(server, script) }
            let result: Result<Value, any Error>
            do {
                result = .success(try await body(peer))
            } catch {
                result = .failure(error)
            }
            group.cancelAll()
            withExtendedLifetime(folder) {}
            return try result.get()
        }
    }

    private func serve(
        _ server: NIOAsyncChannel<NIOAsyncChannel<ByteBuffer, ByteBuffer>, Never>,
        _ script: @escaping @Sendable (PeerConnection) async throws -> Void
    ) async throws {
        try await server.executeThenClose { connections in
            try await withThrowingDiscardingTaskGroup { group in
                for try await channel in connections {
                    let number = accepted.withLock { count in
                        count += 1
                        return count
                    }
                    // A script fails when its client goes away, as many are meant to.
                    group.addTask { try? await PeerConnection.serve(channel, number: number, script) }
                }
            }
        }
    }
}
