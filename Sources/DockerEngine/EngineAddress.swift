// SPDX-License-Identifier: Apache-2.0

/// Where an engine listens.
public enum EngineAddress: Hashable, Sendable, CustomStringConvertible {
    /// A unix socket.
    case unix(String)
    /// A TCP port, without TLS.
    case tcp(host: String, port: Int)

    /// The socket at which an engine listens unless told otherwise.
    public static let standard = EngineAddress.unix("/var/run/docker.sock")

    /// Reads an address as `DOCKER_HOST` has it: `unix:///path`, `tcp://host:port` or `http://host:port`.
    ///
    /// - Throws: `EngineError` with `.unsupported` for `ssh://` and other ways not built yet, `.invalidAddress` else.
    public init(parsing text: String) throws {
        guard let separator = text.firstRange(of: "://") else {
            throw Self.invalid(text, "it has no scheme")
        }
        let scheme = text[..<separator.lowerBound]
        let rest = String(text[separator.upperBound...])
        switch scheme {
        case "unix":
            guard rest.hasPrefix("/") else { throw Self.invalid(text, "the path of the socket must be absolute") }
            guard rest.utf8.count <= 107 else {
                throw Self.invalid(text, "the path of a unix socket is at most 107 bytes long (man 7 unix)")
            }
            self = .unix(rest)
        case "tcp", "http":
            self = try Self.tcpAddress(rest, of: text)
        case "ssh", "https", "npipe", "fd":
            throw EngineError(
                .unsupported, "engines cannot be reached by \(scheme):// yet (\(text))",
                hint: "Run envsnap on that machine, or forward its socket and set DOCKER_HOST=unix:///path")
        default:
            throw Self.invalid(text, "the scheme \(scheme):// is not known")
        }
    }

    /// The address as it stands in `DOCKER_HOST`.
    public var description: String {
        switch self {
        case .unix(let path): "unix://\(path)"
        case .tcp(let host, let port): host.contains(":") ? "tcp://[\(host)]:\(port)" : "tcp://\(host):\(port)"
        }
    }

    private static func tcpAddress(_ rest: String, of text: String) throws -> EngineAddress {
        let authority = rest.hasSuffix("/") ? String(rest.dropLast()) : rest
        guard !authority.contains("/") else { throw invalid(text, "a path after the port is not supported") }
        // An address of IPv6 stands in brackets, because of its own colons (RFC 3986 section 3.2.2).
        let hostEnd = authority.lastIndex(of: "]").map(authority.index(after:)) ?? authority.lastIndex(of: ":")
        guard let hostEnd, hostEnd < authority.endIndex, authority[hostEnd] == ":",
            let port = Int(authority[authority.index(after: hostEnd)...]), (1...65535).contains(port)
        else { throw invalid(text, "it has no port") }
        var host = authority[..<hostEnd]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty else { throw invalid(text, "it has no host") }
        return .tcp(host: String(host), port: port)
    }

    private static func invalid(_ text: String, _ reason: String) -> EngineError {
        EngineError(
            .invalidAddress, "\"\(text)\" is no address of an engine: \(reason)",
            hint: "Expected unix:///path/to/docker.sock or tcp://host:port")
    }
}
