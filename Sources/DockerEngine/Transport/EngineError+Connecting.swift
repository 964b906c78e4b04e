// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension EngineError {
    /// What a failure to connect means; see man 2 connect.
    static func connecting(to address: EngineAddress, failed error: any Error) -> EngineError {
        if let error = error as? EngineError { return error }
        if let fault = error as? TLSFault, case .tls(let host, _, _) = address {
            return tls(fault, at: address.description, host: host)
        }
        if case WireFault.timedOut(let limit) = error {
            return EngineError(
                .timedOut, "\(address) did not finish a TLS handshake within \(limit.formattedSeconds)",
                hint: "Is it TLS that is spoken there? Check DOCKER_TLS_VERIFY and the network")
        }
        if case ChannelError.connectTimeout(let time)? = error as? ChannelError {
            return EngineError(
                .timedOut, "\(address) did not take a connection within \(time.nanoseconds / 1_000_000_000) seconds",
                hint: "Check DOCKER_HOST and the network", cause: error)
        }
        let underlying = (error as? NIOConnectionError)?.connectionErrors.first?.error ?? error
        switch (underlying as? IOError)?.errnoCode {
        case EACCES, EPERM:
            return EngineError(
                .permissionDenied, "this user may not open the engine's socket \(address)",
                hint: "Join the docker group (then log in anew), or use sudo", cause: error)
        case ENOENT, ENOTDIR:
            return EngineError(
                .unreachable, "there is no socket of an engine at \(address)",
                hint: "Is Docker installed and running? DOCKER_HOST can name another socket", cause: error)
        case ECONNREFUSED:
            return EngineError(
                .unreachable, "nothing listens at \(address)", hint: "Start the engine: systemctl start docker",
                cause: error)
        default:
            return EngineError(
                .unreachable, "\(address) cannot be reached: \(underlying)", hint: "Check DOCKER_HOST", cause: error)
        }
    }
}
