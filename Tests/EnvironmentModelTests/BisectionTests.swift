// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

@testable import EnvironmentModel

@Suite struct BisectionTests {
    private final class Trials: Sendable {
        let sets = Mutex<[Set<Int>]>([])
    }

    /// Searches where a set is bad that has all of these in it, and where some sets cannot be tried.
    private func search(
        _ guilty: Set<Int>, among count: Int, unresolved: @escaping @Sendable (Set<Int>) -> Bool = { _ in false }
    ) async throws -> (result: Bisection.Result, trials: [Set<Int>]) {
        let trials = Trials()
        let result = try await Bisection(of: count) { set, _ in
            trials.sets.withLock { $0.append(set) }
            if unresolved(set) { return .unresolved }
            return guilty.isSubset(of: set) ? .bad : .good
        }.run()
        return (result, trials.sets.withLock { $0 })
    }

    @Test(arguments: [1, 2, 3, 7, 64])
    func `each single one is found, and seen to suffice alone`(count: Int) async throws {
        for guilty in 0..<count {
            let (result, trials) = try await search([guilty], among: count)
            #expect(result == Bisection.Result(guilty: [guilty], certainty: .exact))
            #expect(trials.count <= 8, "\(trials.count) trials among \(count)")
            #expect(trials.last == [guilty])
        }
    }

    @Test func `those that are bad together alone are all found`() async throws {
        for (one, other) in [(0, 1), (0, 29), (14, 15), (3, 20)] {
            let (result, trials) = try await search([one, other], among: 30)
            #expect(result == Bisection.Result(guilty: [one, other], certainty: .exact))
            #expect(trials.count <= 14)
        }
        #expect(try await search([2, 9, 11], among: 16).result.guilty == [2, 9, 11])
    }

    @Test func `sets that cannot be tried are passed over`() async throws {
        // What comes with the sixth cannot be tried without the seventh.
        let (result, _) = try await search([5], among: 20) { $0.contains(10) && !$0.contains(11) }
        #expect(result == Bisection.Result(guilty: [5], certainty: .exact))
    }

    @Test func `where nothing between can be tried, the suspects are named`() async throws {
        let (result, _) = try await search([5], among: 8) { (3...6).contains($0.count) }
        #expect(!result.isExact)
        #expect(result.guilty.contains(5) && result.guilty.count < 8)
    }

    @Test func `what is named was proved, and a trial that says another thing then is told`() async throws {
        let purposes = Trials()
        let proved = try await Bisection(of: 16) { set, purpose in
            if purpose == .proof { purposes.sets.withLock { $0.append(set) } }
            return set.isSuperset(of: [3, 12]) ? .bad : .good
        }.run()
        #expect(proved == Bisection.Result(guilty: [3, 12], certainty: .exact))
        #expect(purposes.sets.withLock { $0 } == [[12], [3, 12]])
        let moody = try await Bisection(of: 16) { set, purpose in
            purpose == .search && set.contains(5) ? .bad : .good
        }.run()
        #expect(moody.guilty.contains(5) && moody.certainty == .contradictory && !moody.isExact)
    }
}
