// SPDX-License-Identifier: Apache-2.0

import JSONTree
import NIOCore
import Synchronization

extension Transport {
    /// Opens a new connection to the engine.
    ///
    /// - Throws: `EngineError` that tells a missing socket, a forbidden one and a host that cannot be entered apart.
    func open() async throws -> HTTPConnection {
        guard !pool.isClosed else { throw EngineError(.closed, "the engine at \(route.location) was closed") }
        let wire = try await reach()
        isTunnelled.withLock { $0 = !wire.tunnels.isEmpty }
        do {
            try watch(wire.socket)
        } catch {
            throw EngineError(.closed, "the engine at \(route.location) was closed", cause: error)
        }
        return HTTPConnection(on: wire)
    }

    private func reach() async throws -> any Wire {
        switch route {
        case .address(let address): return try await connect(to: address)
        case .host(let container, let name, let engine, let command, let socket):
            if let wire = try await connect(by: socket) { return wire }
            return try await enter(container, name: name, of: engine, by: command)
        }
    }

    private func connect(to address: EngineAddress) async throws -> SocketWire {
        do {
            return try await SocketWire.connect(to: address, within: connectLimit)
        } catch {
            try Task.checkCancellation()
            throw EngineError.connecting(to: address, failed: error)
        }
    }

    /// The way past the command; nil where there is none now.
    private func connect(by socket: SocketOpener?) async throws -> SocketWire? {
        guard let socket else { return nil }
        let descriptor: CInt
        do { descriptor = try await socket() } catch {
            try Task.checkCancellation()
            return nil
        }
        return try await SocketWire.adopt(descriptor)
    }

    /// Closes the socket with this engine and with all engines above it, whether it leads through them or not.
    private func watch(_ socket: SocketWire) throws {
        try pool.add(socket)
        if case .host(_, _, let engine, _, _) = route { try engine.transport.watch(socket) }
    }

    /// Opens a tunnel: `POST /containers/{id}/exec`, then `POST /exec/{id}/start` with an upgrade.
    private func enter(
        _ container: String, name: String, of engine: Engine, by command: [String]
    ) async throws -> TunnelWire {
        let exec: String
        do {
            exec = try await engine.createExec(inContainer: container, command: command, options: .init(input: true))
        } catch let error as EngineError where error.code == .conflict {
            throw EngineError(
                .hostNotRunning, "\(name) cannot be entered: \(error.message)", hint: "Start or unpause \(name) first",
                status: error.status, cause: error)
        }
        let start = try engine.startExecRequest(exec, terminal: false)
        let hijacked: Hijacked
        do {
            hijacked = try await engine.transport.hijack(start)
        } catch let error as EngineError where error.code == .engineFailure || error.code == .badRequest {
            // Some engines report a command that cannot be started as a status, not within the stream.
            let diagnosis = TunnelDiagnosis(text: error.message, exitCode: nil)
            throw diagnosis.code == .cutStream ? error : diagnosis.error(host: name, command: command)
        }
        return TunnelWire(
            on: hijacked.wire, unread: hijacked.unread, exec: exec, engine: engine, host: name, command: command)
    }
}
