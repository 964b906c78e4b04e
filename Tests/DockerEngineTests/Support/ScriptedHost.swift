// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// The script of an engine with a host in it, whose engine has a host in it, and so on.
struct ScriptedHost: Sendable {
    /// How the start of an exec is answered.
    var startAnswer = "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
    /// The exit code of every exec that has ended; nil while it runs.
    var exitCode: Int?
    /// How exec create is answered.
    var createStatus = 201
    var createAnswer = #"{"Id":"e1"}"#
    /// How deep hosts can be entered; a start beyond runs `command`.
    var hosts = 1
    /// What the command of an exec does, on the connection handed to it.
    var command: @Sendable (PeerConnection) async throws -> Void = { _ in }

    /// Serves one connection.
    func serve(_ connection: PeerConnection) async throws {
        var depth = 0
        while true {
            let request = try await connection.request()
            let path = request.target.drop { $0 != "." }.drop { $0 != "/" }
            switch (request.method, path) {
            case ("GET", "") where request.target == "/_ping":
                try await connection.answer(200, "OK", headers: "Api-Version: 1.45\r\n")
            case ("GET", "") where request.target == "/version":
                try await connection.answer(200, #"{"MinAPIVersion":"1.24","Version":"test"}"#)
            case ("GET", "/info"): try await connection.answer(200, #"{"Name":"depth \#(depth)"}"#)
            case ("GET", "/exec/e1/json"):
                let state = exitCode.map { #"{"Running":false,"ExitCode":\#($0)}"# } ?? #"{"Running":true}"#
                try await connection.answer(200, state)
            case ("POST", "/exec/e1/start"):
                try await connection.send(startAnswer)
                guard depth < hosts else { return try await command(connection) }
                depth += 1
                connection.enterFrames()
            case ("POST", _) where path.hasSuffix("/exec"):
                try await connection.answer(createStatus, createAnswer)
            default: try await connection.answer(404, #"{"message":"no such route"}"#)
            }
        }
    }
}
