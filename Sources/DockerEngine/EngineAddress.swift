// SPDX-License-Identifier: Apache-2.0
/// Where an engine listens.
public enum EngineAddress: Hashable, Sendable, CustomStringConvertible {
    /// A unix socket.
    case unix(String)
    /// A TCP port, without TLS.
    case tcp(host: String, port: Int)
    /// A TCP port behind TLS.
    case tls(host: String, port: Int, files: TLSFiles)
    /// A machine that ssh reaches.
    case ssh(SSHDestination)

    /// The socket at which an engine listens unless told otherwise.
    public static let standard = EngineAddress.unix("/var/run/docker.sock")

    /// Reads an address as `DOCKER_HOST` has it: `unix:///path`, `tcp://host:port`, `http://host:port` or
    /// `ssh://[user@]host[:port]`.
    ///
    /// - Parameters:
    ///   - text: The address.
    ///   - tls: The certificates for a TCP port; nil where it is open.
    /// - Throws: `EngineError` with `.unsupported` for ways not built yet, `.invalidAddress` else.
    public init(parsing text: String, tls: TLSFiles? = nil) throws {
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
            let authority = rest.hasSuffix("/") ? String(rest.dropLast()) : rest
            guard !authority.contains("/") else {
                throw Self.invalid(text, "a path after the port is not supported")
            }
            let (host, port) = try Self.split(authority, of: text)
            guard let port else { throw Self.invalid(text, "it has no port") }
            self = tls.map { .tls(host: host, port: port, files: $0) } ?? .tcp(host: host, port: port)
        case "ssh": self = .ssh(try Self.sshDestination(rest, of: text))
        case "https", "npipe", "fd":
            throw EngineError(
                .unsupported, "engines cannot be reached by \(scheme):// (\(text))",
                hint: "Use tcp:// with DOCKER_TLS_VERIFY=1, ssh:// or unix://")
        default:
            throw Self.invalid(text, "the scheme \(scheme):// is not known")
        }
    }

    /// The address as it stands in `DOCKER_HOST`.
    public var description: String {
        switch self {
        case .unix(let path): "unix://\(path)"
        case .tcp(let host, let port), .tls(let host, let port, _):
            host.contains(":") ? "tcp://[\(host)]:\(port)" : "tcp://\(host):\(port)"
        case .ssh(let destination): destination.description
        }
    }

    /// What a machine is called, and a port where there is one; an address of IPv6 stands in brackets, because of its own
    /// colons (RFC 3986 section 3.2.2).
    private static func split(_ authority: String, of text: String) throws -> (host: String, port: Int?) {
        var host = Substring(authority)
        var port: Int?
        let hostEnd = authority.lastIndex(of: "]").map(authority.index(after:)) ?? authority.lastIndex(of: ":")
        if let hostEnd, hostEnd < authority.endIndex {
            guard authority[hostEnd] == ":", let number = Int(authority[authority.index(after: hostEnd)...]),
                (1...65535).contains(number)
            else { throw invalid(text, "its port is none") }
            host = authority[..<hostEnd]
            port = number
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty else { throw invalid(text, "it has no host") }
        return (String(host), port)
    }

    private static func sshDestination(_ rest: String, of text: String) throws -> SSHDestination {
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let socket = String(rest[slash...])
        var authority = rest[..<slash]
        var user: String?
        if let at = authority.lastIndex(of: "@") {
            user = String(authority[..<at])
            authority = authority[authority.index(after: at)...]
        }
        guard user?.isEmpty != true else { throw invalid(text, "it has no account before the @") }
        guard user?.contains(":") != true else {
            throw invalid(text, "a password cannot stand in it: ssh logs in by a key")
        }
        let (host, port) = try split(String(authority), of: text)
        // It would be taken for an option by whatever ssh passes it on to.
        guard !host.hasPrefix("-"), user?.hasPrefix("-") != true else {
            throw invalid(text, "no account and no host begins with a dash")
        }
        return SSHDestination(user: user, host: host, port: port, socket: socket.count > 1 ? socket : nil)
    }

    private static func invalid(_ text: String, _ reason: String) -> EngineError {
        EngineError(
            .invalidAddress, "\"\(text)\" is no address of an engine: \(reason)",
            hint: "Expected unix:///path/to/docker.sock, tcp://host:port or ssh://user@host")
    }
}
