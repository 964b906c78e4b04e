// SPDX-License-Identifier: Apache-2.0

/// A text that is not what the OCI specifications ask for.
public struct OCIError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of text was refused.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String { case invalidDigest, unsupportedAlgorithm, invalidReference }
        private let kind: Kind

        /// The text has not the form of a digest.
        public static let invalidDigest = Code(kind: .invalidDigest)
        /// The digest is well formed, but not SHA-256.
        public static let unsupportedAlgorithm = Code(kind: .unsupportedAlgorithm)
        /// The text is not an image reference.
        public static let invalidReference = Code(kind: .invalidReference)

        /// The code's name.
        public var description: String { kind.rawValue }
    }

    /// What kind of text was refused.
    public let code: Code
    /// What was refused and what is expected.
    public let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }
}

extension String {
    /// The text as shown in a message: quoted, without control characters, cut to a readable length.
    var quotedForMessage: String {
        let shown = prefix(100).map { $0.isASCII && ($0.asciiValue ?? 0) < 32 ? "?" : String($0) }.joined()
        return shown.count < count ? "'\(shown)…'" : "'\(shown)'"
    }
}
