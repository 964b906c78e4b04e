// SPDX-License-Identifier: Apache-2.0

/// Why a snapshot cannot be found, read or kept.
public struct SnapshotError: Error, CustomStringConvertible {
    /// What kind of failure it is.
    public struct Code: Sendable, Equatable {
        private enum Kind { case noSuchSnapshot, ambiguous, damaged, missingBlob, inUse, mismatch }
        private let kind: Kind
        /// No snapshot of that id or name.
        public static let noSuchSnapshot = Code(kind: .noSuchSnapshot)
        /// The prefix of an id stands for several snapshots.
        public static let ambiguous = Code(kind: .ambiguous)
        /// What the store holds is not what its digest says.
        public static let damaged = Code(kind: .damaged)
        /// A blob is not in the store.
        public static let missingBlob = Code(kind: .missingBlob)
        /// Bytes from elsewhere are not what was said of them.
        public static let mismatch = Code(kind: .mismatch)
        /// A replay stands on the snapshot.
        public static let inUse = Code(kind: .inUse)
    }

    /// What kind of failure it is.
    public let code: Code
    /// What happened.
    public let message: String
    /// What to do about it.
    public let hint: String?

    init(_ code: Code, _ message: String, hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
    }

    /// A data archive that has another size than its snapshot says.
    static func otherSize(_ found: Int64, _ expected: Int64) -> SnapshotError {
        SnapshotError(
            .damaged, "a data archive has \(found) bytes or more instead of \(expected)",
            hint: "envsnap check --read-data tells which snapshots need it")
    }

    /// The message with what to do.
    public var description: String { hint.map { "\(message); \($0)" } ?? message }
}
