// SPDX-License-Identifier: Apache-2.0

import JSONTree
import NIOCore

extension Transport {
    /// Opens a new connection to the engine.
    ///
    /// - Throws: `EngineError` that tells a missing socket, a forbidden one and a host that cannot be entered apart.
    func open() async throws -> HTTPConnection {
        guard !pool.isClosed else { throw EngineError(.closed, "the engine at \(route.location) was closed") }
        let wire =
            switch route {
            case .address(let address): try await connect(to: address) as any Wire
            case .host(let container, let name, let engine, let command):
                try await enter(container, name: name, of: engine, by: command)
            }
        do {
            try pool.add(wire.socket)
        } catch {
            throw EngineError(.closed, "the engine at \(route.location) was closed", cause: error)
        }
        return HTTPConnection(on: wire)
    }

    private func connect(to address: EngineAddress) async throws -> SocketWire {
        do {
            return try await SocketWire.connect(to: address, within: limits.connect)
        } catch {
            try Task.checkCancellation()
            throw EngineError.connecting(to: address, failed: error)
        }
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
