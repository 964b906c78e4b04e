// SPDX-License-Identifier: Apache-2.0

import DockerEngine
import EnvironmentModel
import Foundation
import JSONTree
import LiveEnvironment
import Steps
import SystemPackage
import TestSupport
import Testing

@testable import Capture

@Suite(.timeLimit(.minutes(1))) struct PauseWindowTests {
    private struct Broken: Error {}

    private let folder: TemporaryFolder
    private let journal: PauseJournal
    private let window: PauseWindow

    init() throws {
        folder = try TemporaryFolder()
        journal = PauseJournal(folder: FilePath(folder.path))
        window = PauseWindow(journal: journal, report: .silent)
    }

    /// An engine that pauses and unpauses, but for what it is told to answer otherwise.
    private static func engine(_ answers: [String: FakeAnswer] = [:]) throws -> FakeEngine {
        try FakeEngine { request in
            if let answer = answers[request.line] { return answer }
            return request.path.hasSuffix("pause") ? .done : nil
        }
    }

    private static func observed(_ engine: FakeEngine, _ containers: [ContainerRecord], hosts: [String] = [])
        async throws -> (ObservedEngine, [ContainerRecord])
    {
        let record = Sample.record(containers)
        return (try await Sample.observed(record, by: engine, hostIDs: hosts), containers)
    }

    private static func lines(_ verb: String, _ ids: String...) -> [String] {
        ids.map { "POST /containers/\($0)/\(verb)" }
    }

    @Test func `running leaves of all engines stand still, and nothing else`() async throws {
        let (outer, inner) = (try Self.engine(), try Self.engine())
        let leaves = [
            try await Self.observed(
                outer,
                [
                    Sample.container("a"), Sample.container("p", state: ["Status": "paused"]),
                    Sample.container("e", state: ["Status": "exited"]),
                ]),
            try await Self.observed(inner, [Sample.container("b")], hosts: ["h"]),
        ]
        let (seen, length) = try await window.hold(leaves) {
            try await Task.sleep(for: .milliseconds(20))
            return [outer, inner].flatMap { $0.changes.map(\.line) }
        }
        #expect(seen == Self.lines("pause", "a", "b"))
        #expect(outer.changes.map(\.line) == Self.lines("pause", "a") + Self.lines("unpause", "a"))
        #expect(inner.changes.map(\.line) == Self.lines("pause", "b") + Self.lines("unpause", "b"))
        #expect(length >= .milliseconds(20))
    }

    @Test func `without a running leaf nothing is asked and written`() async throws {
        let engine = try Self.engine()
        let leaves = [try await Self.observed(engine, [Sample.container("p", state: ["Status": "paused"])])]
        let journal = journal
        let (existed, length) = try await window.hold(leaves) { journal.exists }
        #expect(!existed)
        #expect(length == .zero)
        #expect(engine.requests.isEmpty)
    }

    @Test func `the journal is there before the first pause and gone after the last unpause`() async throws {
        let journal = journal
        let seen = Shared<[String: [PauseJournal.Entry]]>([:])
        let engine = try FakeEngine { request in
            let entries = (try? journal.entries()) ?? []
            seen.change { $0[request.line] = entries }
            return .done
        }
        let leaves = [try await Self.observed(engine, [Sample.container("a"), Sample.container("b")], hosts: ["h"])]
        _ = try await window.hold(leaves) {}
        let expected = ["a", "b"].map { PauseJournal.Entry(hosts: ["h"], container: $0) }
        #expect(seen.value.count == 4)
        #expect(seen.value.values.allSatisfy { $0 == expected })
        #expect(!journal.exists)
    }

    @Test func `a body that fails leaves nothing paused`() async throws {
        let engine = try Self.engine()
        let leaves = [try await Self.observed(engine, [Sample.container("a")])]
        await #expect(throws: Broken.self) { try await window.hold(leaves) { throw Broken() } }
        #expect(engine.changes.map(\.line) == Self.lines("pause", "a") + Self.lines("unpause", "a"))
        #expect(!journal.exists)
    }

    @Test func `a pause that fails sets going what was paused before`() async throws {
        let engine = try Self.engine(["POST /containers/b/pause": .failure(500, "no freezer")])
        let leaves = [try await Self.observed(engine, [Sample.container("a"), Sample.container("b")])]
        let ran = Shared(false)
        await #expect(throws: (any Error).self) { try await window.hold(leaves) { ran.change { $0 = true } } }
        #expect(!ran.value)
        #expect(engine.changes.map(\.line).contains("POST /containers/a/unpause"))
        #expect(!journal.exists)
    }

    @Test func `a capture that is cancelled leaves nothing paused`() async throws {
        let engine = try Self.engine()
        let leaves = [try await Self.observed(engine, [Sample.container("a"), Sample.container("b")])]
        let window = window
        let task = Task { try await window.hold(leaves) { try await Task.sleep(for: .seconds(50)) } }
        while engine.changes.count < 2 { try await Task.sleep(for: .milliseconds(5)) }
        task.cancel()
        await #expect(throws: CancellationError.self) { _ = try await task.value }
        let lines = engine.changes.map(\.line)
        #expect(Set(lines.prefix(2)) == Set(Self.lines("pause", "a", "b")))
        #expect(Set(lines.dropFirst(2)) == Set(Self.lines("unpause", "a", "b")))
        #expect(!journal.exists)
    }

    @Test func `engines and their containers are paused side by side`() async throws {
        let waiting = Shared(0)
        let handler: FakeEngine.Handler = { request in
            guard request.path.hasSuffix("/pause") else { return .done }
            waiting.change { $0 += 1 }
            let end = ContinuousClock.now + .seconds(10)
            while waiting.value < 4, .now < end { usleep(1000) }
            return .now < end ? .done : .failure(500, "the others are not asked")
        }
        let engines = [try FakeEngine(handler: handler), try FakeEngine(handler: handler)]
        var leaves: [(ObservedEngine, [ContainerRecord])] = []
        for engine in engines {
            leaves.append(try await Self.observed(engine, [Sample.container("a"), Sample.container("b")]))
        }
        _ = try await window.hold(leaves) {}
        #expect(waiting.value == 4)
    }

    @Test func `a pause under way when the capture is cancelled is over before the container is set going`()
        async throws
    {
        let events = Shared<[String]>([])
        let engine = try FakeEngine { request in
            if request.path.hasSuffix("/pause") {
                events.change { $0.append("asked") }
                usleep(300_000)
                events.change { $0.append("paused") }
            } else {
                events.change { $0.append("unpaused") }
            }
            return .done
        }
        let leaves = [try await Self.observed(engine, [Sample.container("a")])]
        let (window, ran) = (window, Shared(false))
        let task = Task { try await window.hold(leaves) { ran.change { $0 = true } } }
        while events.value.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        task.cancel()
        await #expect(throws: CancellationError.self) { _ = try await task.value }
        #expect(events.value == ["asked", "paused", "unpaused"])
        #expect(!ran.value)
        #expect(!journal.exists)
    }

    @Test func `of several failures the first in order is told`() async throws {
        let engine = try Self.engine([
            "POST /containers/a/pause": .failure(500, "first"), "POST /containers/b/pause": .failure(500, "second"),
        ])
        let leaves = [try await Self.observed(engine, [Sample.container("a"), Sample.container("b")])]
        let error = await #expect(throws: EngineError.self) { try await window.hold(leaves) {} }
        #expect(error?.message.contains("first") == true)
        #expect(Set(engine.changes.map(\.line)).isSuperset(of: Self.lines("unpause", "a", "b")))
    }

    @Test(arguments: [404, 409]) func `a container that ended before its pause is no failure`(_ status: Int)
        async throws
    {
        let engine = try Self.engine([
            "POST /containers/a/pause": .failure(status, "it is not running"),
            "POST /containers/a/unpause": .failure(status, "it is not paused"),
            "GET /containers/a/json": .json(["Id": "a", "State": ["Status": "exited"]]),
        ])
        let leaves = [try await Self.observed(engine, [Sample.container("a")])]
        let (result, _) = try await window.hold(leaves) { 7 }
        #expect(result == 7)
        #expect(!journal.exists)
    }

    @Test func `what stays paused is an error, and the journal stays`() async throws {
        let engine = try Self.engine([
            "POST /containers/a/unpause": .failure(500, "no thaw"),
            "GET /containers/a/json": .json(["Id": "a", "State": ["Status": "paused"]]),
        ])
        let leaves = [try await Self.observed(engine, [Sample.container("a"), Sample.container("b")])]
        let error = await #expect(throws: CaptureError.self) { try await window.hold(leaves) {} }
        #expect(error?.code == .unpauseFailed)
        #expect(error?.message.contains("name-a") == true)
        #expect(error?.message.contains("name-b") == false)
        #expect(engine.changes.map(\.line).contains("POST /containers/b/unpause"))
        #expect(journal.exists)
    }

    @Test func `a pause waits for the end of a health check`() async throws {
        let asked = Shared(0)
        let engine = try FakeEngine { request in
            guard request.line == "GET /containers/a/json" else { return .done }
            asked.change { $0 += 1 }
            return .json(["Id": "a", "ExecIDs": asked.value < 3 ? ["check"] : nil])
        }
        let state: JSONValue = ["Status": "running", "Health": ["Status": "healthy"]]
        let leaves = [try await Self.observed(engine, [Sample.container("a", state: state)])]
        _ = try await window.hold(leaves) {}
        let inspect = "GET /containers/a/json"
        #expect(engine.requests.prefix(4).map(\.line) == [inspect, inspect, inspect] + Self.lines("pause", "a"))
    }

    @Test func `who asks for an end does not wait for an engine that hangs, whose journal stays, and others go on`()
        async throws
    {
        let (hung, sound) = (try Self.engine(), try Self.engine())
        let leaves = [
            try await Self.observed(hung, [Sample.container("a")]),
            try await Self.observed(sound, [Sample.container("b")]),
        ]
        let window = window
        let isHolding = Shared(false)
        let task = Task {
            try await window.hold(leaves) {
                isHolding.change { $0 = true }
                try await Task.sleep(for: .seconds(60))
            }
        }
        while !isHolding.value { try await Task.sleep(for: .milliseconds(5)) }
        hung.hang()
        defer { hung.goOn() }
        let start = ContinuousClock.now
        task.cancel()
        let error = await #expect(throws: CaptureError.self) { _ = try await task.value }
        #expect(ContinuousClock.now - start < .seconds(2))
        #expect(error?.code == .unpauseFailed)
        #expect(error?.message.contains("name-a") == true)
        #expect(error?.message.contains("name-b") == false)
        #expect(sound.changes.map(\.line) == Self.lines("pause", "b") + Self.lines("unpause", "b"))
        #expect(journal.exists)
    }
}
