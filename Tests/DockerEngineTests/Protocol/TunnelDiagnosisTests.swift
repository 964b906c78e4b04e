// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import DockerEngine

@Suite("Why a host cannot be entered")
struct TunnelDiagnosisTests {
    static let cases: [(String, Int?, EngineError.Code)] = [
        (
            "OCI runtime exec failed: exec failed: unable to start container process: exec: \"docker\": "
                + "executable file not found in $PATH: unknown", 127, .noCommandLine
        ),
        (
            "OCI runtime exec failed: exec failed: unable to start container process: waiting for init preliminary "
                + "setup: read init-p: connection reset by peer: unknown", 126, .cutStream
        ),
        ("sh: 1: docker: not found", 127, .noCommandLine),
        ("", 126, .noCommandLine),
        ("docker: 'dial-stdio' is not a docker command.", 1, .noCommandLine),
        (
            "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?", 1,
            .unreachable
        ),
        ("dial unix /var/run/docker.sock: connect: no such file or directory", 1, .unreachable),
        ("dial unix /var/run/docker.sock: connect: connection refused", 1, .unreachable),
        (
            "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock", 1,
            .permissionDenied
        ),
        ("Container abc is not running", nil, .hostNotRunning),
        ("Container abc is paused, unpause the container before exec", nil, .hostNotRunning),
        ("", 137, .cutStream),
        ("", nil, .cutStream),
    ]

    @Test("words and exit codes are understood", arguments: cases)
    func codes(text: String, exitCode: Int?, code: EngineError.Code) {
        let diagnosis = TunnelDiagnosis(text: text, exitCode: exitCode)
        let error = diagnosis.error(host: "foo-host", command: ["docker", "system", "dial-stdio"])
        #expect(error.code == code)
        #expect(error.message.contains("foo-host"))
        #expect(text.isEmpty || error.message.contains(text))
        #expect(error.hint != nil)
    }
}
