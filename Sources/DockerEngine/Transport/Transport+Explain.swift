// SPDX-License-Identifier: Apache-2.0

import NIOCore

extension Transport {
    /// Turns the failure of a request into an error that tells what happened, and where.
    func explain(_ error: any Error, _ request: HTTPRequest, _ connection: HTTPConnection) async -> any Error {
        return await explain(error, request.summary, connection.wire, isAnswered: !connection.isUnanswered)
    }

    /// Turns the failure of a stream into an error that tells what happened, and where.
    func explain(_ error: any Error, _ summary: String, _ wire: any Wire, isAnswered: Bool) async -> any Error {
        if Task.isCancelled || error is CancellationError { return CancellationError() }
        switch error {
        case let error as EngineError: return error
        case WireFault.timedOut(let limit):
            return EngineError(
                .timedOut, "\(route.location) was not done with \(summary) within \(limit.formattedSeconds)",
                hint: "An engine under load may need longer; a container whose archive is being read blocks others")
        case WireFault.closed:
            return EngineError(.closed, "the engine at \(route.location) was closed during \(summary)")
        case WireFault.frames(let fault) where fault != .cut:
            return EngineError(.badFrame, "\(summary) at \(route.location): \(fault)", cause: fault)
        case let fault as TLSFault:
            guard case .tls(let host, _, _) = route.address else { return fault }
            return EngineError.tls(fault, at: route.location, host: host)
        case HTTPFault.notHTTP(let text):
            if let explained = await explainTunnel(wire, text: text) { return explained }
            return EngineError(
                .notAnEngine, "what answers at \(route.location) is no Docker engine: it said \"\(text.prefix(80))\"",
                cause: error)
        case HTTPFault.malformed(let reason):
            return EngineError(
                .protocolViolation, "the answer of \(route.location) to \(summary) is not valid HTTP: \(reason)",
                cause: error)
        default:
            if let explained = await explainTunnel(wire, text: "") { return explained }
            if !isAnswered, let explained = await explainTLS(wire) { return explained }
            let what = isAnswered ? "before its answer to \(summary) was complete" : "without an answer to \(summary)"
            return EngineError(
                .cutStream, "the connection to \(route.location) ended \(what)",
                hint: "Has the engine been stopped meanwhile?", cause: error)
        }
    }

    /// Looks for the tunnel that broke, from the outermost on, and for what its command said.
    ///
    /// A command that ended well and said nothing only followed another: what it was connected to had closed.
    private func explainTunnel(_ wire: any Wire, text: String) async -> EngineError? {
        if let error = await explainCommand(wire.socket.command) { return error }
        // Reading the innermost one passes through all of them.
        await wire.tunnels.last?.collectText()
        var follower: EngineError?
        for tunnel in wire.tunnels {
            let isLast = tunnel === wire.tunnels.last
            let words = [tunnel.text, isLast ? text.trimmingLines() : ""].filter { !$0.isEmpty }
            var diagnosis = TunnelDiagnosis(text: words.joined(separator: "; "), exitCode: nil)
            diagnosis.exitCode = await tunnel.engine.exitCodeIfEnded(tunnel.exec)
            let error = diagnosis.error(host: tunnel.host, command: tunnel.command)
            if diagnosis.isSilent { follower = error } else if !diagnosis.isEmpty { return error }
        }
        return follower
    }

    /// An engine that refuses a client's certificate tells so when the client has begun to write already (RFC 8446 section
    /// 4.4.2.4): its alert lies unread behind the write that failed, if it was not lost.
    private func explainTLS(_ wire: any Wire) async -> EngineError? {
        guard case .tls(let host, _, _) = route.address else { return nil }
        do { while try await wire.read(within: .seconds(1)) != nil {} } catch let fault as TLSFault {
            if case .failed = fault { return EngineError.tls(fault, at: route.location, host: host) }
        } catch {}
        return EngineError(
            .unreachable, "the engine at \(route.location) ended the TLS connection without an answer",
            hint: "It may not take this client's certificate: check cert.pem and key.pem in DOCKER_CERT_PATH")
    }

    /// What became of ssh, which is at the beginning of everything.
    private func explainCommand(_ command: ConnectionCommand?) async -> EngineError? {
        guard let command, case .ssh(let destination) = route.address else { return nil }
        let status = await command.exitStatus()
        let diagnosis = SSHDiagnosis(destination: destination, words: command.words, status: status)
        return diagnosis.isEmpty ? nil : diagnosis.error
    }
}

extension String {
    fileprivate func trimmingLines() -> String {
        split(whereSeparator: \.isNewline).joined(separator: "; ")
    }
}

extension Duration {
    /// The time in words.
    var formattedSeconds: String {
        let milliseconds = components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
        guard milliseconds >= 1000 else { return "\(milliseconds) ms" }
        return milliseconds % 1000 == 0 ? "\(milliseconds / 1000) seconds" : "\(Double(milliseconds) / 1000) seconds"
    }
}
