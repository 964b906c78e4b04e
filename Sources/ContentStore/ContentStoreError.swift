// SPDX-License-Identifier: Apache-2.0

public import OCI
import SystemPackage

/// Why the store could not do what was asked.
public struct ContentStoreError: Error, CustomStringConvertible {
    /// What kind of failure it was.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case locked, damaged, missing, diskFull, notAStore, unsafe, mismatch, misuse
            case interrupted, failed
        }
        private let kind: Kind

        /// Another process holds a lock that excludes the one asked for.
        public static let locked = Code(kind: .locked)
        /// Stored bytes are not those that their name says.
        public static let damaged = Code(kind: .damaged)
        /// The store has no such blob or document.
        public static let missing = Code(kind: .missing)
        /// The file system or the user's quota is full.
        public static let diskFull = Code(kind: .diskFull)
        /// The folder is not a store.
        public static let notAStore = Code(kind: .notAStore)
        /// The folder belongs to, or is open to, somebody else.
        public static let unsafe = Code(kind: .unsafe)
        /// The bytes written are not those that were announced.
        public static let mismatch = Code(kind: .mismatch)
        /// The caller broke a rule of this module.
        public static let misuse = Code(kind: .misuse)
        /// The work was cancelled while it waited.
        public static let interrupted = Code(kind: .interrupted)
        /// The system refused an operation.
        public static let failed = Code(kind: .failed)

        /// The code's name.
        public var description: String { kind.rawValue }
    }

    /// What kind of failure it was.
    public let code: Code
    /// What happened and what to do.
    public let message: String
    /// The blob or document concerned.
    public let digest: Digest?
    /// What the failure came from.
    public let cause: (any Error)?

    init(_ code: Code, _ message: String, digest: Digest? = nil, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.digest = digest
        self.cause = cause
    }

    /// The message.
    public var description: String { message }
}

extension ContentStoreError {
    /// A refused system call, said in terms of what was being done to which path.
    static func system(_ action: String, _ path: FilePath, _ errno: Errno) -> ContentStoreError {
        guard errno == .noSpace || errno == .diskQuotaExceeded else {
            return ContentStoreError(.failed, "cannot \(action) \(path): \(errno)", cause: errno)
        }
        return ContentStoreError(
            .diskFull,
            "no space left to \(action) \(path): free some with 'envsnap gc', 'envsnap rm SNAPSHOT' or by hand; "
                + "the snapshots in the store are as they were",
            cause: errno)
    }
}
