// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix
import Synchronization

/// Makes an engine reachable at a unix socket of this machine, whatever the way to it.
///
/// Each connection to the socket is one to the engine. The bytes pass as they are, and either side may end what it sends
/// while the other goes on, so that streams (`exec`, `attach`, `build`, `logs -f`, `events`) work as at the engine's own
/// socket.
public final class EngineRelay: Sendable {
    /// Gives the engine; told what failed where the one that it gave before could not be reached.
    public typealias Supplier = @Sendable (_ failure: (any Error)?) async throws -> Engine

    private struct Usage {
        var open = 0
        var last = ContinuousClock.now
    }

    private let path: String
    private let supply: Supplier
    private let usage = Mutex(Usage())

    /// A relay that will listen at a path where nothing is.
    public init(path: String, engine supply: @escaping Supplier) {
        self.path = path
        self.supply = supply
    }

    /// How long nobody has used it; nil while somebody does.
    public var idleTime: Duration? { usage.withLock { $0.open > 0 ? nil : ContinuousClock.now - $0.last } }

    /// Serves until the task is cancelled.
    ///
    /// - Parameter ready: Called when connections are taken.
    public func serve(whenReady ready: @Sendable () throws -> Void) async throws {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .bind(unixDomainSocketPath: path) { channel in
                channel.eventLoop.makeCompletedFuture { try SocketWire.accepted(channel) }
            }
        try ready()
        try await server.executeThenClose { clients in
            try await withThrowingDiscardingTaskGroup { group in
                for try await client in clients { group.addTask { await self.serve(client) } }
            }
        }
    }

    private func serve(_ client: SocketWire) async {
        usage.withLock { $0.open += 1 }
        defer {
            usage.withLock {
                $0.open -= 1
                $0.last = .now
            }
        }
        defer { client.close() }
        let engine: RelayedConnection.Far
        do { engine = try await reach() } catch {
            // Not before it has asked: an answer to nothing would be taken for a fault.
            guard (try? await client.read(within: .seconds(10))) != nil else { return }
            return await RelayedConnection.refuse(client, because: error)
        }
        await RelayedConnection(client: client, engine: engine).run()
    }

    /// A new connection to the engine; where the engine that is known is gone, another may have its place.
    private func reach() async throws -> RelayedConnection.Far {
        let engine = try await supply(nil)
        do {
            return RelayedConnection.Far(wire: try await engine.transport.open().wire, transport: engine.transport)
        } catch {
            try Task.checkCancellation()
            let other = try await supply(error)
            return RelayedConnection.Far(wire: try await other.transport.open().wire, transport: other.transport)
        }
    }
}
