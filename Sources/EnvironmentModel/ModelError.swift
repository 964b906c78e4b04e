// SPDX-License-Identifier: Apache-2.0

/// Why a document is no snapshot that this version can read.
public struct ModelError: Error, Equatable, CustomStringConvertible {
    /// What kind of failure it is.
    public struct Code: Sendable, Equatable {
        private enum Kind { case malformed, newerFormat, unknownFeature }
        private let kind: Kind
        /// The document does not have the shape that its format version prescribes.
        public static let malformed = Code(kind: .malformed)
        /// The document was written by a newer envsnap.
        public static let newerFormat = Code(kind: .newerFormat)
        /// The document needs a feature that this version does not know.
        public static let unknownFeature = Code(kind: .unknownFeature)
    }

    /// What kind of failure it is.
    public let code: Code
    /// What was found, and what to do.
    public let message: String

    /// The message.
    public var description: String { message }

    static func malformed(_ message: String) -> ModelError {
        ModelError(code: .malformed, message: "the environment document is malformed: \(message)")
    }
}
