// SPDX-License-Identifier: Apache-2.0

/// Finds out why a tunnel into a host does not carry an engine, from what the command in the host left behind.
struct TunnelDiagnosis {
    /// What came on standard error, and on standard output instead of HTTP: runc reports there.
    var text: String
    /// How the command ended, where it did.
    var exitCode: Int?

    /// Whether there is anything to go by.
    var isEmpty: Bool { text.isEmpty && exitCode == nil }

    /// Whether the command ended well without a word.
    var isSilent: Bool { text.isEmpty && exitCode == 0 }

    /// The error to show for a host.
    func error(host: String, command: [String]) -> EngineError {
        let line = command.joined(separator: " ")
        let said = text.isEmpty ? exitCode.map { "it exited with \($0)" } ?? "it said nothing" : "it said: \(text)"
        switch code {
        case .noCommandLine:
            return EngineError(
                .noCommandLine, "\(host) cannot be entered: the command \"\(line)\" cannot be run in it; \(said)",
                hint: "Install the docker command line (18.09 or newer) in the image of \(host)")
        case .permissionDenied:
            return EngineError(
                .permissionDenied, "the engine in \(host) may not be used by the default user of \(host); \(said)",
                hint: "Its image sets a USER outside the docker group")
        case .unreachable:
            return EngineError(
                .unreachable, "no engine answers in \(host); \(said)",
                hint: "Is dockerd running in \(host)? It may still be starting: docker logs \(host) says more")
        case .hostNotRunning:
            return EngineError(
                .hostNotRunning, "\(host) is paused or does not run; \(said)", hint: "Start or unpause \(host)")
        default:
            return EngineError(
                .cutStream, "the connection into \(host) (\"\(line)\") ended; \(said)",
                hint: "Has \(host) or the engine in it been stopped meanwhile?")
        }
    }

    /// What the words mean.
    ///
    /// The engine reports a command it cannot start as text of runc, and 126 or 127 as its exit code.
    var code: EngineError.Code {
        let words = text.lowercased()
        let saysOneOf = { (texts: [String]) in texts.contains { words.contains($0) } }
        if saysOneOf([
            "cannot connect to the docker daemon", "is the docker daemon running", "docker.sock: connect: no",
        ])
            || saysOneOf(["connection refused", "failed to connect to the docker api"])
        {
            return .unreachable
        }
        if saysOneOf(["permission denied while trying to connect", "docker.sock: connect: permission denied"]) {
            return .permissionDenied
        }
        // runc gives up on a command now and then without having started it; the next one starts.
        if words.contains("oci runtime exec failed"), words.contains("connection reset by peer") { return .cutStream }
        if saysOneOf(["executable file not found", "no such file or directory", "is not a docker command"])
            || saysOneOf(["unknown command", ": not found", "command not found"])
            || saysOneOf(["oci runtime exec failed"])
            || exitCode == 126 || exitCode == 127
        {
            return .noCommandLine
        }
        if saysOneOf(["is paused", "is not running", "cannot exec in a stopped"]) { return .hostNotRunning }
        return .cutStream
    }
}
