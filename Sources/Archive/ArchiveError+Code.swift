// SPDX-License-Identifier: Apache-2.0

extension ArchiveError {
    /// The kinds of failure; more may come.
    public struct Code: Hashable, Sendable, Codable, CustomStringConvertible {
        private enum Value: String, Codable {
            case system, damaged, truncated, unsafeEntry, duplicate, outOfOrder, refused, notEmpty, limitExceeded
            case unsupported, misuse
        }

        private let value: Value

        private init(_ value: Value) {
            self.value = value
        }

        /// A system call failed.
        public static let system = Code(.system)
        /// The archive or the compressed stream is not what it claims to be.
        public static let damaged = Code(.damaged)
        /// The stream ends too early.
        public static let truncated = Code(.truncated)
        /// A name or link that could reach outside the root.
        public static let unsafeEntry = Code(.unsafeEntry)
        /// Two entries have the same path.
        public static let duplicate = Code(.duplicate)
        /// An entry without its directory before it, or after that directory was left.
        public static let outOfOrder = Code(.outOfOrder)
        /// Something the options do not allow.
        public static let refused = Code(.refused)
        /// The root to extract into has content.
        public static let notEmpty = Code(.notEmpty)
        /// More entries, bytes or depth than allowed.
        public static let limitExceeded = Code(.limitExceeded)
        /// Something the format cannot hold.
        public static let unsupported = Code(.unsupported)
        /// A call that breaks the rules of the type.
        public static let misuse = Code(.misuse)

        /// The name of the code.
        public var description: String { value.rawValue }
    }
}
