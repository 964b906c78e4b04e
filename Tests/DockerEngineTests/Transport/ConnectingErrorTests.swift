// SPDX-License-Identifier: Apache-2.0

import Glibc
import NIOCore
import Testing

@testable import DockerEngine

@Suite("Failures to connect, by errno")
struct ConnectingErrorTests {
    @Test(
        "each means what man 2 connect says",
        arguments: [
            (EACCES, EngineError.Code.permissionDenied), (EPERM, .permissionDenied), (ENOENT, .unreachable),
            (ENOTDIR, .unreachable), (ECONNREFUSED, .unreachable), (ENETUNREACH, .unreachable),
        ])
    func codes(errno: Int32, code: EngineError.Code) {
        let error = EngineError.connecting(
            to: .standard, failed: IOError(errnoCode: errno, reason: "connect"))
        #expect(error.code == code)
        #expect(error.hint != nil)
        #expect(error.message.contains("/var/run/docker.sock"))
    }

    @Test("the docker group is named to those who may not")
    func group() {
        let error = EngineError.connecting(to: .standard, failed: IOError(errnoCode: EACCES, reason: "connect"))
        #expect(error.hint?.contains("docker group") == true)
    }

    @Test("a host that does not answer")
    func timeout() {
        let error = EngineError.connecting(
            to: .tcp(host: "h", port: 1), failed: ChannelError.connectTimeout(.seconds(10)))
        #expect(error.code == .timedOut)
        #expect(error.message.contains("10 seconds"))
    }
}
