// SPDX-License-Identifier: Apache-2.0

/// Finds out which of several differences makes good bad, by trying sets of them.
///
/// With none of them all is good, with all of them it is bad. The search looks for the shortest beginning of the list that
/// is bad: its last difference is guilty. Where it does not suffice alone, it is kept, and the search goes on in what was
/// before it. So a difference is found in log2(n) trials, and each that has to come together with it in as many.
public struct Bisection: Sendable {
    /// What came of a trial.
    public enum Outcome: String, Sendable {
        /// As with none of the differences.
        case good
        /// As with all of them.
        case bad
        /// It could not be tried.
        case unresolved
    }

    /// What a trial is for.
    public enum Purpose: Sendable {
        /// To go on by.
        case search
        /// To be the proof: what it shows to be bad is named.
        case proof
    }

    /// What the search came to.
    public struct Result: Sendable, Equatable {
        /// How sure it is.
        public enum Certainty: Sendable, Equatable {
            /// These alone, and all of them, were seen to be bad.
            case exact
            /// One or more of these are guilty, and no set between could be tried.
            case narrowed
            /// Trials said one thing of a set, and then another.
            case contradictory
        }

        /// The differences that make it bad, each of them needed; those of which one or more do, where it is not exact.
        public var guilty: Set<Int>
        /// How sure that is.
        public var certainty: Certainty
        /// Whether these alone, and all of them, were seen to be bad.
        public var isExact: Bool { certainty == .exact }

        /// What a search came to.
        public init(guilty: Set<Int>, certainty: Certainty) {
            self.guilty = guilty
            self.certainty = certainty
        }
    }

    /// How many neighbours are tried in the place of a set that cannot be.
    private static let neighbours = 6

    private let count: Int
    private let trial: @Sendable (Set<Int>, Purpose) async throws -> Outcome

    /// A search among so many differences.
    public init(of count: Int, trial: @escaping @Sendable (Set<Int>, Purpose) async throws -> Outcome) {
        self.count = count
        self.trial = trial
    }

    /// Searches, given that none is good and all are bad.
    public func run() async throws -> Result {
        var found: Set<Int> = []
        var limit = count
        while limit > 0 {
            let (low, high) = try await narrow(0, limit, with: found)
            guard high - low == 1 else { return Result(guilty: found.union(low..<high), certainty: .narrowed) }
            found.insert(high - 1)
            limit = high - 1
            if try await trial(found, .proof) == .bad { return Result(guilty: found, certainty: .exact) }
        }
        // The last of them was found because these were bad.
        return Result(guilty: found, certainty: found.isEmpty ? .narrowed : .contradictory)
    }

    /// Brings a good beginning and a bad one together, as far as there are sets between them that can be tried.
    private func narrow(_ good: Int, _ bad: Int, with found: Set<Int>) async throws -> (Int, Int) {
        var (low, high) = (good, bad)
        search: while high - low > 1 {
            let middle = (low + high) / 2
            let between = ((low + 1)..<high).sorted { abs($0 - middle) < abs($1 - middle) }
            for length in between.prefix(Self.neighbours) {
                switch try await trial(found.union(0..<length), .search) {
                case .good: low = length
                case .bad: high = length
                case .unresolved: continue
                }
                continue search
            }
            return (low, high)
        }
        return (low, high)
    }
}
