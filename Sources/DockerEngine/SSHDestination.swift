// SPDX-License-Identifier: Apache-2.0
/// A machine that is reached by the user's own ssh command, and the engine on it.
///
/// As docker's `cli/connhelper` has it: `ssh://[user@]host[:port][/path/of/the/socket]`.
public struct SSHDestination: Hashable, Sendable, CustomStringConvertible {
    /// The account; the user's ssh configuration decides where there is none.
    public let user: String?
    /// The machine's name, as the user's ssh configuration may have it too.
    public let host: String
    /// The port; the user's ssh configuration decides where there is none.
    public let port: Int?
    /// The path of the engine's socket there; that of the docker command there where there is none.
    public let socket: String?

    /// A destination with its parts.
    public init(user: String? = nil, host: String, port: Int? = nil, socket: String? = nil) {
        self.user = user
        self.host = host
        self.port = port
        self.socket = socket
    }

    /// The destination as an address.
    public var description: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return "ssh://" + (user.map { "\($0)@" } ?? "") + name + (port.map { ":\($0)" } ?? "") + (socket ?? "")
    }

    /// The command that carries an engine's API over its standard input and output.
    ///
    /// In batch mode, since nobody sees a question; see ssh(1) and ssh_config(5).
    func command(connectLimit: Duration) -> [String] {
        var words = [
            "ssh", "-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=\(max(1, connectLimit.components.seconds))",
        ]
        if let user { words += ["-l", user] }
        if let port { words += ["-p", String(port)] }
        words += ["--", host, "docker"]
        // The words go to a shell there.
        if let socket { words += ["--host", "'unix://\(socket.split(separator: "'").joined(separator: #"'\''"#))'"] }
        return words + ["system", "dial-stdio"]
    }
}
