// SPDX-License-Identifier: Apache-2.0

import DockerEngine
import EnvironmentModel
import JSONTree
import TestSupport
import Testing

@testable import LiveEnvironment

@Suite(.timeLimit(.minutes(1))) struct ProbeTests {
    private static func environment() async throws -> ObservedEngine {
        var inner = FakeWorld(info: ["ID": "inner"])
        inner.containers = [
            FakeWorld.container("a"), FakeWorld.container("b", created: "2", status: "exited"),
        ]
        inner.images = [FakeWorld.image()]
        var world = FakeWorld()
        world.containers = [FakeWorld.container("h", privileged: true), FakeWorld.container("p", created: "2")]
        world.images = inner.images
        let engine = try FakeEngine(nested: ["h": try FakeEngine(handler: inner.handler)], handler: world.handler)
        return try await Observer().observe(try await engine.connect(), scope: .project("foo"))
    }

    @Test func `a container is found by service or name, at any depth`() async throws {
        let environment = try await Self.environment()
        #expect(try environment.locate("service-p").container.id == "p")
        #expect(try environment.locate("service-h").container.id == "h")
        let inner = try environment.locate("name-h/name-a")
        #expect(inner.container.id == "a")
        #expect(inner.name == "service-h/service-a")
        #expect(inner.engine.depth == 1)
    }

    @Test(arguments: [
        ("nothing", "there are: service-h, service-p"), ("service-h/nothing", "there are: service-a, service-b"),
        ("service-p/x", "the path is HOST/CONTAINER, or CONTAINER for one of the project itself"),
    ])
    func `what is not there is an error that lists what is`(_ path: String, _ hint: String) async throws {
        let environment = try await Self.environment()
        let error = #expect(throws: LiveEnvironmentError.self) { try environment.locate(path) }
        #expect(error?.code == .noSuchContainer)
        #expect(error?.message.contains(path) == true)
        #expect(error?.hint == hint)
    }

    @Test func `in a container that does not run no probe can be run`() async throws {
        let place = try await Self.environment().locate("service-h/service-b")
        let error = await #expect(throws: LiveEnvironmentError.self) { try await ProbeRunner(in: place).check() }
        #expect(error?.code == .noSuchContainer)
        #expect(error?.message.contains("service-h/service-b: it is exited") == true)
    }

    @Test func `where no command can be started, the shell is missing or broken`() async throws {
        let place = try await Self.environment().locate("service-p")
        let error = await #expect(throws: LiveEnvironmentError.self) { try await ProbeRunner(in: place).check() }
        #expect(error?.code == .noShell)
    }

    private static func collected(_ chunks: [StreamChunk]) -> ProbeCollector {
        let collector = ProbeCollector()
        for chunk in chunks { collector.add(chunk) }
        return collector
    }

    @Test func `the process id comes first, in whatever pieces, and is no output`() {
        let collector = Self.collected([
            StreamChunk(.stderr, Array("e".utf8)), StreamChunk(.stdout, Array("12".utf8)),
            StreamChunk(.stdout, Array("3\nou".utf8)), StreamChunk(.stdout, Array("t\n".utf8)),
        ])
        #expect(collector.process == 123)
        #expect(collector.streams.stdout.text == "out\n")
        #expect(collector.streams.stderr.text == "e")
    }

    @Test func `without a process id the engine's words are the reason`() {
        let collector = Self.collected([
            StreamChunk(.stdout, Array("OCI runtime exec failed:\r\nno such file\n".utf8))
        ])
        #expect(collector.process == nil)
        #expect(collector.complaint == "OCI runtime exec failed: no such file")
        #expect(collector.streams.stdout.isEmpty)
    }

    @Test func `output beyond the limit is counted and not kept`() {
        let piece = [UInt8](repeating: 0xFF, count: 10_000)
        let collector = Self.collected(
            [StreamChunk(.stdout, Array("1\n".utf8))] + (0..<9).map { _ in StreamChunk(.stdout, piece) })
        let output = collector.streams.stdout
        #expect(output.bytes == 90_000)
        #expect(output.isCut)
        #expect(output.text.unicodeScalars.count == ProbeOutput.limit)
        #expect(output.text.unicodeScalars.allSatisfy { $0 == "\u{FFFD}" })
    }
}
