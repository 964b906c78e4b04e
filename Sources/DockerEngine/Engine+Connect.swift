// SPDX-License-Identifier: Apache-2.0

import JSONTree

extension Engine {
    /// Reaches an engine and agrees with it on a version of the API.
    ///
    /// - Throws: `EngineError`: `.unreachable`, `.permissionDenied`, `.timedOut`, `.notAnEngine` or `.unsupported`.
    public static func connect(to address: EngineAddress, limits: EngineLimits = .standard) async throws -> Engine {
        try await negotiate(Transport(route: .address(address), limits: limits))
    }

    /// Reaches the engine inside a container of this one, through a command there that carries its API.
    ///
    /// - Parameters:
    ///   - id: The container's id or name on this engine.
    ///   - name: What to call the host in messages; the id unless given.
    ///   - dial: The command; `docker system dial-stdio` is in every docker command line since 18.09.
    ///   - socket: Opens the engine's socket where it can be reached without the command. Where it throws, the command is
    ///     used, so that it may throw at any time.
    /// - Throws: `EngineError`: `.notFound`, `.hostNotRunning`, `.noCommandLine`, `.unreachable`, `.timedOut`.
    public func nested(
        inContainer id: String, named name: String? = nil, dial: [String] = ["docker", "system", "dial-stdio"],
        socket: SocketOpener? = nil
    ) async throws -> Engine {
        let isID = id.utf8.count == 64 && id.utf8.allSatisfy { ($0 >= 48 && $0 < 58) || ($0 >= 97 && $0 < 103) }
        let route = Route.host(
            container: id, name: name ?? (isID ? String(id.prefix(12)) : id), engine: self, command: dial,
            socket: socket)
        // Nothing has been asked yet, so that a tunnel that broke can simply be made again.
        for _ in 0..<2 {
            do {
                return try await Self.negotiate(Transport(route: route, limits: limits))
            } catch let error as EngineError where error.code == .cutStream {
                try await Task.sleep(for: .milliseconds(100))
            }
        }
        return try await Self.negotiate(Transport(route: route, limits: limits))
    }

    /// Asks `GET /_ping` and `GET /version`, the two routes without a version.
    private static func negotiate(_ transport: Transport) async throws -> Engine {
        do {
            let location = transport.route.location
            let ping = try await response(transport, "/_ping")
            guard let newest = ping.header("Api-Version").flatMap(APIVersion.init(parsing:)) else {
                throw EngineError(
                    .notAnEngine, "what answers at \(location) speaks HTTP but is no Docker engine: no Api-Version",
                    hint: "Check DOCKER_HOST", status: ping.status)
            }
            let version = try await response(transport, "/version").json()
            // Engines before 1.25 do not tell the oldest version they take.
            let oldest = version["MinAPIVersion"].string.flatMap(APIVersion.init(parsing:)) ?? newest
            return Engine(
                transport: transport,
                apiVersion: try .negotiated(engine: newest, oldest: oldest, location: location),
                oldest: oldest, version: version)
        } catch {
            await transport.pool.close()
            throw error
        }
    }

    private static func response(_ transport: Transport, _ path: String) async throws -> EngineResponse {
        let deadline = Deadline(after: transport.connectLimit)
        let request = HTTPRequest(method: .get, target: path, content: .none)
        let exchange = try await transport.exchange(request, within: deadline)
        do {
            return try await exchange.wholeResponse(within: deadline)
        } catch let error as EngineError {
            guard let status = error.status, path == "/_ping", (400..<500).contains(status) else { throw error }
            let needsTLS = error.message.contains("HTTPS server")
            throw EngineError(
                needsTLS ? .unsupported : .notAnEngine,
                "what answers at \(transport.route.location) is no open engine: \(error.message)",
                hint: needsTLS
                    ? "Set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH to the folder of ca.pem, cert.pem and key.pem"
                    : "Check DOCKER_HOST",
                status: status, cause: error)
        }
    }
}
