// SPDX-License-Identifier: Apache-2.0

import DockerEngine
import JSONTree
import NIOCore
import Testing

@Suite("Requests and the connections they use")
struct RequestTests {
    private func engine(_ peer: Peer, _ change: (inout EngineLimits) -> Void = { _ in }) async throws -> Engine {
        try await Engine.connect(to: peer.address, limits: shortLimits(change))
    }

    @Test("one connection serves many requests")
    func reuse() async throws {
        try await Peer.run { connection in
            try await connection.negotiate()
            while true {
                let request = try await connection.request()
                #expect(request.headers["host"] == "docker")
                try await connection.answer(200, #"{"target":"\#(request.target)"}"#)
            }
        } body: { peer in
            let engine = try await engine(peer)
            for index in 0..<20 {
                let answer = try await engine.inspectContainer("c\(index)")
                #expect(answer["target"].string == "/v1.45/containers/c\(index)/json")
            }
            #expect(peer.connections == 1)
        }
    }

    @Test("requests at the same time have connections of their own, of which some are kept")
    func parallel() async throws {
        try await Peer.run { connection in
            if connection.number == 1 { try await connection.negotiate() }
            while true {
                let request = try await connection.request()
                try await Task.sleep(for: .milliseconds(20))
                try await connection.answer(200, #"{"target":"\#(request.target)"}"#)
            }
        } body: { peer in
            let engine = try await engine(peer)
            for _ in 0..<2 {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for index in 0..<6 {
                        group.addTask {
                            let answer = try await engine.inspectContainer("c\(index)")
                            #expect(answer["target"].string == "/v1.45/containers/c\(index)/json")
                        }
                    }
                    try await group.waitForAll()
                }
            }
            #expect((2...6).contains(peer.connections))
        }
    }

    @Test("a connection the engine closed while idle is not used again")
    func closedIdle() async throws {
        try await Peer.run { connection in
            if connection.number == 1 {
                try await connection.negotiate()
            } else {
                _ = try await connection.request()
                try await connection.answer(200, "{}")
            }
        } body: { peer in
            let engine = try await engine(peer)
            try await Task.sleep(for: .milliseconds(100))
            // A POST, which is never sent twice.
            try await engine.startContainer("c")
            #expect(peer.connections == 2)
        }
    }

    @Test("a connection that dies as the request arrives: what changes nothing is sent once more")
    func retry() async throws {
        try await Peer.run { connection in
            if connection.number == 1 {
                try await connection.negotiate()
                _ = try await connection.request()
            } else {
                #expect(try await connection.request().method == "GET")
                try await connection.answer(200, #"{"Name":"second"}"#)
            }
        } body: { peer in
            let engine = try await engine(peer)
            #expect(try await engine.info()["Name"].string == "second")
            #expect(peer.connections == 2)
        }
    }

    @Test("what changes something is not")
    func noRetry() async throws {
        try await Peer.run { connection in
            if connection.number == 1 { try await connection.negotiate() }
            _ = try await connection.request()
        } body: { peer in
            let engine = try await engine(peer)
            await expectError(.cutStream) { try await engine.startContainer("c") }
            await expectError(.cutStream) { try await engine.info() }
            #expect(peer.connections == 2)
        }
    }

    @Test("an answer that says close closes")
    func connectionClose() async throws {
        try await Peer.run { connection in
            if connection.number == 1 { try await connection.negotiate() }
            _ = try await connection.request()
            try await connection.answer(200, "{}", headers: "Connection: close\r\n")
            #expect(try await connection.read() == nil)
        } body: { peer in
            let engine = try await engine(peer)
            _ = try await engine.info()
            _ = try await engine.info()
            #expect(peer.connections == 2)
        }
    }

    @Test("idle connections are closed after a time")
    func idle() async throws {
        try await Peer.run { connection in
            if connection.number == 1 { try await connection.negotiate() }
            while true {
                _ = try await connection.request()
                try await connection.answer(200, "{}")
            }
        } body: { peer in
            let engine = try await engine(peer) { $0.idle = .milliseconds(50) }
            try await Task.sleep(for: .milliseconds(200))
            try await engine.startContainer("c")
            #expect(peer.connections == 2)
        }
    }

    @Test(
        "errors carry the engine's sentence and a code",
        arguments: [
            (400, EngineError.Code.badRequest), (404, .notFound), (409, .conflict), (500, .engineFailure),
            (501, .unsupported), (503, .engineFailure), (301, .engineFailure),
        ])
    func statuses(status: Int, code: EngineError.Code) async throws {
        try await Peer.run { connection in
            try await connection.negotiate()
            while true {
                _ = try await connection.request()
                try await connection.answer(status, #"{"message":"No such container: c"}"#)
            }
        } body: { peer in
            let engine = try await engine(peer)
            let error = await expectError(code) { try await engine.inspectContainer("c") }
            #expect(error?.status == status)
            #expect(error?.message.contains("No such container: c") == true)
            #expect(error?.message.contains("GET /v1.45/containers/c/json") == true)
            await expectError(code) { try await engine.download("/images/get") }
            #expect(peer.connections == 1)
        }
    }

    @Test("a 304 is no error: the container was started already")
    func notModified() async throws {
        try await Peer.run { connection in
            try await connection.negotiate()
            _ = try await connection.request()
            try await connection.send("HTTP/1.1 304 Not Modified\r\n\r\n")
        } body: { peer in
            try await engine(peer).startContainer("c")
        }
    }

    @Test("bodies and queries arrive as they were meant")
    func bodies() async throws {
        try await Peer.run { connection in
            try await connection.negotiate()
            let create = try await connection.request()
            #expect(create.target == "/v1.41/containers/create?name=my%20c&platform=linux/amd64")
            #expect(create.headers["content-type"] == "application/json")
            #expect(create.text == #"{"Image":"a","Labels":{"x":"é"}}"#)
            try await connection.answer(201, #"{"Id":"abc","Warnings":["w"]}"#)
            let list = try await connection.request()
            #expect(list.target == "/v1.45/containers/json?all=1&filters=%7B%22label%22:%5B%22a%3Db%22%5D%7D")
            try await connection.answer(200, "[]")
            let kill = try await connection.request()
            #expect(kill.headers["content-length"] == "0")
            try await connection.answer(204, "")
        } body: { peer in
            let engine = try await engine(peer)
            let created = try await engine.createContainer(
                name: "my c", body: ["Image": "a", "Labels": ["x": "é"]], platform: "linux/amd64",
                at: APIVersion(1, 41))
            #expect(created.id == "abc")
            #expect(created.warnings == ["w"])
            #expect(try await engine.listContainers(filters: ["label": ["a=b"]]).elements.isEmpty)
            try await engine.killContainer("c")
        }
    }

    @Test("a name that is no name is refused before anything is sent")
    func emptyName() async throws {
        try await Peer.run { connection in
            try await connection.negotiate()
            #expect(try await connection.read() == nil)
        } body: { peer in
            let engine = try await engine(peer)
            await expectError(.badRequest) { try await engine.removeContainer("") }
            await expectError(.badRequest) { try await engine.removeImage("..") }
            await engine.close()
        }
    }

    @Test("an answer larger than may be held is refused")
    func tooLarge() async throws {
        try await Peer.run { connection in
            try await connection.negotiate()
            _ = try await connection.request()
            try await connection.answer(200, String(repeating: "x", count: 5000))
        } body: { peer in
            let engine = try await engine(peer) { $0.responseBytes = 4000 }
            await expectError(.tooLarge) { try await engine.info() }
        }
    }

    @Test("a request without an answer in time says what was waited for")
    func slow() async throws {
        try await Peer.run { connection in
            try await connection.negotiate()
            while try await connection.read() != nil {}
        } body: { peer in
            let engine = try await engine(peer)
            let error = await expectError(.timedOut) {
                try await engine.json(.get, "/info", timeLimit: .after(.milliseconds(100)))
            }
            #expect(error?.message.contains("GET /v1.45/info") == true)
        }
    }

    @Test("cancelling the task ends the request and closes its connection")
    func cancellation() async throws {
        try await Peer.run { connection in
            if connection.number == 1 { try await connection.negotiate() }
            while try await connection.read() != nil {}
        } body: { peer in
            let engine = try await engine(peer)
            let task = Task { try await engine.waitContainer("c") }
            try await Task.sleep(for: .milliseconds(100))
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    @Test("closing the engine ends what is under way and refuses what follows")
    func close() async throws {
        try await Peer.run { connection in
            if connection.number == 1 { try await connection.negotiate() }
            while try await connection.read() != nil {}
        } body: { peer in
            let engine = try await engine(peer)
            async let waiting: EngineError? = expectError(.closed) { try await engine.waitContainer("c") }
            try await Task.sleep(for: .milliseconds(100))
            await engine.close()
            _ = await waiting
            await expectError(.closed) { try await engine.info() }
        }
    }

    @Test("a stray answer on an idle connection is not taken for the answer to the next request")
    func stray() async throws {
        try await Peer.run { connection in
            if connection.number == 1 {
                try await connection.negotiate()
                try await connection.answer(200, #"{"Name":"stray"}"#)
            }
            while true {
                _ = try await connection.request()
                try await connection.answer(200, #"{"Name":"right"}"#)
            }
        } body: { peer in
            let engine = try await engine(peer)
            try await Task.sleep(for: .milliseconds(100))
            #expect(try await engine.info()["Name"].string == "right")
        }
    }
}
