// SPDX-License-Identifier: Apache-2.0

/// Why a snapshot could not be given away or taken in.
public struct SharingError: Error, CustomStringConvertible {
    /// What kind of failure it is.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case badBundle, incomplete, notASnapshot, needsBase, exists, noSpace
            case secretsFound, secretLeft, encryption
            case signature
            case badReference, credentials, unauthorized, notFound, untrusted, registry
            case unreachable = "unreachableRegistry"
            case system = "sharing"
        }
        private let kind: Kind
        /// The bytes are not those of a sound snapshot.
        public static let badBundle = Code(kind: .badBundle)
        /// A part of a bundle is missing, or its end.
        public static let incomplete = Code(kind: .incomplete)
        /// There is something, but no snapshot that this version reads.
        public static let notASnapshot = Code(kind: .notASnapshot)
        /// The snapshot was shared without what another one has, and that one is not here.
        public static let needsBase = Code(kind: .needsBase)
        /// A file is in the way.
        public static let exists = Code(kind: .exists)
        /// There is not enough room for it.
        public static let noSpace = Code(kind: .noSpace)
        /// There are secrets in it, and nobody said what to do with them.
        public static let secretsFound = Code(kind: .secretsFound)
        /// A secret could not be replaced everywhere, so nothing was given away.
        public static let secretLeft = Code(kind: .secretLeft)
        /// A bundle could not be encrypted or decrypted.
        public static let encryption = Code(kind: .encryption)
        /// It cannot be signed, or is not signed by whom it has to be.
        public static let signature = Code(kind: .signature)
        /// A text is no registry's reference.
        public static let badReference = Code(kind: .badReference)
        /// Credentials cannot be had.
        public static let credentials = Code(kind: .credentials)
        /// The registry does not let one in.
        public static let unauthorized = Code(kind: .unauthorized)
        /// The registry has no such snapshot.
        public static let notFound = Code(kind: .notFound)
        /// The registry cannot be reached.
        public static let unreachable = Code(kind: .unreachable)
        /// The registry's certificate is not to be trusted.
        public static let untrusted = Code(kind: .untrusted)
        /// The registry does not do what it should.
        public static let registry = Code(kind: .registry)
        /// The system refused an operation.
        public static let system = Code(kind: .system)

        /// The code's name.
        public var description: String { kind.rawValue }
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

    /// The message with what to do.
    public var description: String { hint.map { "\(message); \($0)" } ?? message }
}
