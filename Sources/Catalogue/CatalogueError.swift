// SPDX-License-Identifier: Apache-2.0

/// Why the catalogue could not do what was asked.
public struct CatalogueError: Error, CustomStringConvertible {
    /// What kind of failure it was.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case foreign, newerVersion, damaged, locked, nameTaken, noSuchSnapshot, noSuchReplay, inUse, missingBlob
            case diskFull, unsafe, failed
        }
        private let kind: Kind

        /// The file is another program's database.
        public static let foreign = Code(kind: .foreign)
        /// A newer envsnap has written the catalogue.
        public static let newerVersion = Code(kind: .newerVersion)
        /// The file is not a sound catalogue.
        public static let damaged = Code(kind: .damaged)
        /// Another process is writing to the catalogue.
        public static let locked = Code(kind: .locked)
        /// The name stands for something else already.
        public static let nameTaken = Code(kind: .nameTaken)
        /// The catalogue has no such snapshot.
        public static let noSuchSnapshot = Code(kind: .noSuchSnapshot)
        /// The catalogue has no such replay.
        public static let noSuchReplay = Code(kind: .noSuchReplay)
        /// A replay still stands on the snapshot.
        public static let inUse = Code(kind: .inUse)
        /// A blob that a snapshot needs is not in the store.
        public static let missingBlob = Code(kind: .missingBlob)
        /// The file system or the user's quota is full.
        public static let diskFull = Code(kind: .diskFull)
        /// The file belongs to, or is open to, somebody else.
        public static let unsafe = Code(kind: .unsafe)
        /// SQLite or the system refused an operation.
        public static let failed = Code(kind: .failed)

        /// The code's name.
        public var description: String { kind.rawValue }
    }

    /// What kind of failure it was.
    public let code: Code
    /// What happened and what to do.
    public let message: String
    /// What the failure came from.
    public let cause: (any Error)?

    init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// The message.
    public var description: String { message }
}
