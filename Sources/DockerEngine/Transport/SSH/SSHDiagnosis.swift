// SPDX-License-Identifier: Apache-2.0
/// What the end of an ssh command means, by its words and its status.
struct SSHDiagnosis {
    let destination: SSHDestination
    /// What it wrote to standard error.
    let words: String
    /// Its exit status: 255 is ssh's own, everything else the command's there; nil while it runs.
    let status: CInt?

    /// Whether it tells anything.
    var isEmpty: Bool { words.isEmpty && (status == nil || status == 0) }

    /// The failure, with the next step.
    var error: EngineError {
        let (code, message, hint) = meaning
        return EngineError(code, "\(destination): \(message)" + (line.isEmpty ? "" : " (\(line))"), hint: hint)
    }

    private var line: String {
        words.split(whereSeparator: \.isNewline).map { $0.filter { $0 != "\r" } }.filter { !$0.isEmpty }
            .suffix(3).joined(separator: "; ")
    }

    private var byHand: String {
        let account = (destination.user.map { "\($0)@" } ?? "") + destination.host
        return "ssh \(destination.port.map { "-p \($0) " } ?? "")\(account)"
    }

    private var meaning: (EngineError.Code, String, String) {
        func says(_ text: String) -> Bool { words.contains(text) }
        if says("REMOTE HOST IDENTIFICATION HAS CHANGED") {
            return (
                .permissionDenied, "the machine has another host key than before",
                "If that is as it should be: ssh-keygen -R \(destination.host), then \(byHand) and check the new key"
            )
        }
        if says("Host key verification failed") {
            return (
                .permissionDenied, "ssh does not know the machine's host key",
                "Check and accept it once by hand: \(byHand)"
            )
        }
        if says("docker daemon socket") || says("Docker daemon socket") {
            return (
                .permissionDenied, "the account there may not use the engine",
                "Add it to the docker group there: usermod -aG docker ACCOUNT"
            )
        }
        if says("Permission denied") || says("Too many authentication failures") {
            return (
                .permissionDenied, "ssh may not log in",
                "A key has to do, without questions: ssh-add, and the account's authorized_keys; try \(byHand) true"
            )
        }
        if says("Could not resolve hostname") {
            return (.unreachable, "the machine's name is not known", "Check DOCKER_HOST and ~/.ssh/config")
        }
        if status == 127 || says("command not found") {
            return (
                .noCommandLine, "there is no docker command there",
                "Install one that non-interactive logins find: \(byHand) docker version"
            )
        }
        if says("Cannot connect to the Docker daemon") || says("failed to dial") || says("dial unix") {
            return (.unreachable, "no engine answers there", "Start it there: systemctl start docker")
        }
        if status == 255 { return (.unreachable, "ssh cannot reach the machine", "Try it by hand: \(byHand)") }
        return (.cutStream, "the connection ended", "Try it by hand: \(byHand) docker version")
    }
}
