// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// Debian's `docker-registry` on a free port of this machine, with a folder of its own.
final class DockerRegistry {
    static let isInstalled = Tool.exists("docker-registry")

    /// How it lets people in.
    enum Security {
        case none
        /// A user `user` with the password `secret`.
        case password
        /// TLS with a certificate of an authority of its own.
        case tls
    }

    let port: UInt16
    let folder: TemporaryFolder
    private let process = Process()

    init(_ security: Security = .none) throws {
        folder = try TemporaryFolder()
        port = try LoopbackSocket.freePort()
        var http = ["  addr: 127.0.0.1:\(port)", "  secret: for-tests"]
        var auth: [String] = []
        switch security {
        case .none: break
        case .password:
            try folder.write(try Tool.run("htpasswd", "-Bbn", "user", "secret"), to: "users")
            auth = ["auth:", "  htpasswd:", "    realm: tests", "    path: \(folder.path("users"))"]
        case .tls:
            try Self.makeCertificate(in: folder)
            http += [
                "  tls:", "    certificate: \(folder.path("server.pem"))", "    key: \(folder.path("server.key"))",
            ]
        }
        let lines =
            [
                "version: 0.1", "log:", "  level: error", "storage:", "  filesystem:",
                "    rootdirectory: \(folder.path("data"))", "http:",
            ] + http + auth
        try folder.write(lines.joined(separator: "\n") + "\n", to: "config.yml")
        process.executableURL = URL(filePath: "/usr/bin/docker-registry")
        process.arguments = ["serve", folder.path("config.yml")]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        let end = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < end {
            if let socket = try? LoopbackSocket.connected(to: port) {
                socket.close()
                return
            }
            usleep(20_000)
        }
        process.terminate()
        throw SocketError()
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
    }

    /// The authority that signed the certificate.
    var authority: String { folder.path("ca.pem") }

    private static func makeCertificate(in folder: TemporaryFolder) throws {
        try Tool.run(
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=tests",
            "-keyout", folder.path("ca.key"), "-out", folder.path("ca.pem"))
        try Tool.run(
            "openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout",
            folder.path("server.key"), "-out", folder.path("server.csr"))
        try folder.write("subjectAltName=DNS:localhost,IP:127.0.0.1\n", to: "names")
        try Tool.run(
            "openssl", "x509", "-req", "-in", folder.path("server.csr"), "-CA", folder.path("ca.pem"), "-CAkey",
            folder.path("ca.key"), "-CAcreateserial", "-days", "2", "-extfile", folder.path("names"), "-out",
            folder.path("server.pem"))
    }
}
