// SPDX-License-Identifier: Apache-2.0

import LiveEnvironment
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct SideBySideTests {
    private struct Broken: Error, Equatable { let number: Int }

    /// How many run now, and how many did at most.
    private final class Load: Sendable {
        private let counts = Mutex((now: 0, most: 0))
        func begin() { counts.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) } }
        func end() { counts.withLock { $0.now -= 1 } }
        var most: Int { counts.withLock { $0.most } }
    }

    @Test(arguments: [1, 3, 50]) func `results come in the order of the elements, never more at once than allowed`(
        _ bound: Int
    ) async throws {
        let load = Load()
        let results = try await SideBySide.map(Array(0..<20), atMost: bound) { number in
            load.begin()
            defer { load.end() }
            try await Task.sleep(for: .milliseconds(20 - number))
            return number * 2
        }
        #expect(results == (0..<20).map { $0 * 2 })
        #expect(load.most == min(bound, 20))
    }

    @Test func `nothing is made of nothing`() async throws {
        #expect(try await SideBySide.map([Int](), atMost: 4) { $0 }.isEmpty)
    }

    @Test func `the first failure ends the rest`() async throws {
        let begun = Mutex<[Int]>([])
        let error = await #expect(throws: Broken.self) {
            try await SideBySide.forEach(Array(0..<10), atMost: 2) { number in
                begun.withLock { $0.append(number) }
                if number == 1 { throw Broken(number: number) }
                try await Task.sleep(for: .seconds(50))
            }
        }
        #expect(error == Broken(number: 1))
        #expect(begun.withLock { $0.sorted() } == [0, 1])
    }

    @Test func `a cancelled caller ends all of it`() async throws {
        let begun = Load()
        let work = Task {
            try await SideBySide.forEach(Array(0..<10), atMost: 2) { _ in
                begun.begin()
                try await Task.sleep(for: .seconds(50))
            }
        }
        while begun.most < 2 { try await Task.sleep(for: .milliseconds(1)) }
        work.cancel()
        await #expect(throws: CancellationError.self) { try await work.value }
        #expect(begun.most == 2)
    }
}
