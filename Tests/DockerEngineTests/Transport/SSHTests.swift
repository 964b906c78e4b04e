// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import DockerEngine

@Suite("Engines behind ssh", .timeLimit(.minutes(1)))
struct SSHTests {
    @Test("the command is docker's own, without questions")
    func command() {
        let plain = SSHDestination(host: "host").command(connectLimit: .seconds(30))
        #expect(
            plain == [
                "ssh", "-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=30", "--", "host", "docker", "system",
                "dial-stdio",
            ])
        let full = SSHDestination(user: "me", host: "h", port: 2222, socket: "/a 'b").command(connectLimit: .seconds(5))
        #expect(full[6...].starts(with: ["-l", "me", "-p", "2222", "--", "h", "docker", "--host"]))
        #expect(full.contains(#"'unix:///a '\''b'"#))
    }

    @Test("what ssh says becomes the next step")
    func diagnosis() {
        func code(_ words: String, _ status: Int32?) -> EngineError.Code {
            SSHDiagnosis(destination: SSHDestination(host: "h"), words: words, status: status).error.code
        }
        #expect(code("Host key verification failed.", 255) == .permissionDenied)
        #expect(code("me@h: Permission denied (publickey).", 255) == .permissionDenied)
        #expect(code("ssh: Could not resolve hostname h: Name or service not known", 255) == .unreachable)
        #expect(code("ssh: connect to host h port 22: Connection refused", 255) == .unreachable)
        #expect(code("bash: line 1: docker: command not found", 127) == .noCommandLine)
        #expect(code("Cannot connect to the Docker daemon at unix:///x.", 1) == .unreachable)
        #expect(code("something else", 1) == .cutStream)
        #expect(SSHDiagnosis(destination: SSHDestination(host: "h"), words: "", status: 0).isEmpty)
    }

    @Test("a command carries bytes both ways, in a session of its own, and tells how it ended")
    func commandCarries() async throws {
        let command = try ConnectionCommand(["sh", "-c", "echo words >&2; ps -o sid= -p $$; cat; exit 7"])
        defer { close(command.socket) }
        let greeting = Array("over\n".utf8)
        #expect(send(command.socket, greeting, greeting.count, 0) == greeting.count)
        shutdown(command.socket, CInt(SHUT_WR))
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = recv(command.socket, &buffer, buffer.count, 0), count > 0 { text += buffer[..<count] }
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
        #expect(lines.last == "over")
        #expect(lines.first.flatMap { Int32($0.filter(\.isNumber)) } != getsid(0))
        #expect(await command.exitStatus() == 7)
        #expect(command.words == "words\n")
    }

    @Test("a command that is not there is named")
    func missing() {
        let error = #expect(throws: EngineError.self) { try ConnectionCommand(["/nowhere/ssh"]) }
        #expect(error?.code == .unreachable)
    }
}
