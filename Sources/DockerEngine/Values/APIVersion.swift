// SPDX-License-Identifier: Apache-2.0

/// A version of the Engine API, such as 1.45.
public struct APIVersion: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The number before the dot.
    public let major: Int
    /// The number after the dot.
    public let minor: Int

    /// A version from its two numbers.
    public init(_ major: Int, _ minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// Reads a version such as `1.45`; nil where the text is none.
    public init?(parsing text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let major = Int(parts[0]), let minor = Int(parts[1])
        else { return nil }
        self.init(major, minor)
    }

    /// The version as it stands in a request's path, without the `v`.
    public var description: String { "\(major).\(minor)" }

    /// Whether one version is older than another.
    public static func < (left: APIVersion, right: APIVersion) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }

    /// The newest version this client was written for.
    public static let newestKnown = APIVersion(1, 51)

    /// The version to talk: the newest that both sides know.
    ///
    /// Engines 29 refuse versions below 1.44, or 1.40, so no fixed version suits all.
    static func negotiated(engine newest: APIVersion, oldest: APIVersion, location: String) throws -> APIVersion {
        let version = min(newest, newestKnown)
        guard version >= oldest else {
            throw EngineError(
                .unsupported,
                "the engine at \(location) speaks API \(oldest) to \(newest), envsnap only up to \(newestKnown)",
                hint: "Use a newer envsnap")
        }
        return version
    }
}
