// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A Docker engine, reached by its API over a socket or through any number of hosts.
///
/// Requests run side by side, each on a connection of its own; connections are used again while they are warm, since a
/// new one into a host costs an `exec` there. See https://docs.docker.com/reference/api/engine/.
public final class Engine: Sendable {
    /// The version of the API that requests use, agreed with the engine.
    public let apiVersion: APIVersion
    /// The oldest version of the API the engine takes.
    public let oldestAPIVersion: APIVersion
    /// The answer to `GET /version`.
    public let version: RawJSON
    let transport: Transport

    init(transport: Transport, apiVersion: APIVersion, oldest: APIVersion, version: RawJSON) {
        self.transport = transport
        self.apiVersion = apiVersion
        oldestAPIVersion = oldest
        self.version = version
    }

    /// The way to the engine in words, such as `unix:///var/run/docker.sock > foo-host-corge`.
    public var location: String { transport.route.location }

    /// The address at which the way to the engine begins.
    public var address: EngineAddress { transport.route.address }

    /// How many hosts are entered on the way to the engine.
    public var depth: Int { transport.route.depth }

    /// How many requests are worth having under way at the same time: each needs a connection of its own, and one through
    /// a command in a host costs an `exec` there.
    public var concurrency: Int { transport.isTunnelled.withLock { $0 } ? 1 : 4 }

    /// The limits the engine was reached with.
    public var limits: EngineLimits { transport.limits }

    /// Closes all connections, also those in use and those of nested engines that go through this one.
    public func close() async { await transport.pool.close() }
}
