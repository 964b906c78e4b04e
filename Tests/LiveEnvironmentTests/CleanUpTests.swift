// SPDX-License-Identifier: Apache-2.0

import DockerEngine
import Foundation
import LiveEnvironment
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct CleanUpTests {
    private struct Broken: Error {}

    @Test func `without a cancellation the body's result or error comes`() async throws {
        let engine = try await FakeEngine { _ in nil }.connect()
        #expect(try await CleanUp.run(on: engine) { 7 } == 7)
        await #expect(throws: Broken.self) { try await CleanUp.run(on: engine) { throw Broken() } }
    }

    @Test func `a cancelled task waits for the body as long as the engine answers`() async throws {
        let fake = try FakeEngine { _ in nil }
        let engine = try await fake.connect()
        let isDone = Shared(false)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await CleanUp.run(on: engine) {
                try await Task.sleep(for: .seconds(2))
                #expect(!Task.isCancelled)
            }
            isDone.change { $0 = true }
        }
        try await task.value
        #expect(isDone.value)
    }

    @Test func `a cancelled task does not wait for an engine that hangs`() async throws {
        let fake = try FakeEngine { _ in nil }
        let engine = try await fake.connect()
        fake.hang()
        defer { fake.goOn() }
        let start = ContinuousClock.now
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await CleanUp.run(on: engine) { try await engine.unpauseContainer("a") }
        }
        await #expect(throws: CleanUp.Unfinished.self) { try await task.value }
        #expect(ContinuousClock.now - start < .seconds(2))
    }

    @Test func `work on a thread of its own ends with the task between two pieces of data`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("big")
        try Tool.run("sh", "-c", "head -c 300000000 /dev/zero | tr '\\0' x >'\(path)'")
        let started = Shared(false)
        let task = Task {
            try await LocalDataAccess().read(.file(path)) { produce in
                try produce { _ in
                    started.change { $0 = true }
                    usleep(20_000)
                }
            }
        }
        while !started.value { try await Task.sleep(for: .milliseconds(2)) }
        let start = ContinuousClock.now
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(ContinuousClock.now - start < .seconds(1))
        withExtendedLifetime(folder) {}
    }
}
