// SPDX-License-Identifier: Apache-2.0
// https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md#digests

/// The SHA-256 of some bytes; holding one means that the text was well formed.
///
/// Other registered algorithms are refused: Docker writes SHA-256 alone, and a store with two names for the same
/// bytes would keep them twice.
public struct Digest: Hashable, Sendable {
    /// The only algorithm understood.
    public static let algorithm = "sha256"

    /// The 64 lower-case hexadecimal digits.
    public let hex: String

    /// Parses `sha256:` and 64 lower-case hexadecimal digits.
    public init(parsing text: String) throws(OCIError) {
        guard let colon = text.firstIndex(of: ":") else {
            throw OCIError(
                .invalidDigest, "\(text.quotedForMessage) is not a digest: expected 'sha256:' and 64 hexadecimal digits"
            )
        }
        guard text[..<colon] == Self.algorithm else {
            throw OCIError(
                .unsupportedAlgorithm,
                "the digest \(text.quotedForMessage) is not SHA-256, the only algorithm supported")
        }
        try self.init(hex: text[text.index(after: colon)...])
    }

    /// Parses 64 lower-case hexadecimal digits.
    ///
    /// The specification allows no capitals, so that equal digests are equal texts.
    public init(hex: some StringProtocol) throws(OCIError) {
        // The generic text ends here: the loop over a String's own bytes is ten times as fast in other modules.
        let hex = String(hex)
        guard hex.utf8.count == 64, hex.utf8.isLowerHex else {
            throw OCIError(
                .invalidDigest,
                "\(hex.quotedForMessage) is not the hexadecimal part of a digest: expected 64 digits 0-9 a-f")
        }
        self.hex = hex
    }

    /// Takes the 32 bytes that a SHA-256 computation gives.
    public init(sha256 bytes: some Collection<UInt8>) throws(OCIError) {
        guard bytes.count == 32 else {
            throw OCIError(.invalidDigest, "a SHA-256 digest has 32 bytes, not \(bytes.count)")
        }
        let digits = Array("0123456789abcdef".utf8)
        hex = String(unsafeUninitializedCapacity: 64) { buffer in
            var position = 0
            for byte in bytes {
                buffer[position] = digits[Int(byte >> 4)]
                buffer[position + 1] = digits[Int(byte & 15)]
                position += 2
            }
            return position
        }
    }

    /// The 32 bytes.
    public var bytes: [UInt8] {
        let digits = hex.utf8.map { $0 < 58 ? $0 - 48 : $0 - 87 }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    /// The first 12 digits, for people to read.
    public var short: String { String(hex.prefix(12)) }
}

extension Digest: LosslessStringConvertible {
    /// Parses as `init(parsing:)` does, and gives nil for what that refuses.
    public init?(_ description: String) {
        guard let digest = try? Digest(parsing: description) else { return nil }
        self = digest
    }

    /// The digest with its algorithm, `sha256:…`.
    public var description: String { "\(Self.algorithm):\(hex)" }
}

extension Digest: Comparable {
    /// Orders by the hexadecimal digits.
    public static func < (left: Digest, right: Digest) -> Bool { left.hex < right.hex }
}

extension Digest: Codable {
    /// Reads the digest from a string.
    public init(from decoder: any Decoder) throws {
        try self.init(parsing: decoder.singleValueContainer().decode(String.self))
    }

    /// Writes the digest as a string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension String.UTF8View {
    fileprivate var isLowerHex: Bool {
        // Over the bytes themselves: the view is several times as slow.
        withContiguousStorageIfAvailable { $0.allSatisfy(\.isLowerHexDigit) } ?? allSatisfy(\.isLowerHexDigit)
    }
}

extension UInt8 {
    /// Whether the byte is one of 0-9 a-f.
    var isLowerHexDigit: Bool { (48...57).contains(self) || (97...102).contains(self) }
}
