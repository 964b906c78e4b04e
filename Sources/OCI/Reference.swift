// SPDX-License-Identifier: Apache-2.0
// The grammar and Docker's short forms: https://github.com/distribution/reference/blob/v0.6.0/reference.go and
// normalize.go; the names: https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#pulling-manifests

/// The name of an image at a registry, in full.
///
/// Docker's short forms are completed as Docker completes them, so that `postgres` and
/// `docker.io/library/postgres:latest` are equal.
public struct Reference: Hashable, Sendable {
    /// The registry's host name, with its port if it has one.
    public let domain: String
    /// The repository below the registry.
    public let path: String
    /// The tag; `latest` where neither a tag nor a digest was given.
    public let tag: String?
    /// The digest of the manifest.
    public let digest: Digest?

    /// Parses `[domain/]path[:tag][@digest]`.
    public init(parsing text: String) throws(OCIError) {
        var rest = Substring(text)
        if let at = rest.firstIndex(of: "@") {
            digest = try Digest(parsing: String(rest[rest.index(after: at)...]))
            rest = rest[..<at]
        } else {
            digest = nil
        }
        var tag: Substring?
        if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("/"), !rest[colon...].contains("]") {
            tag = rest[rest.index(after: colon)...]
            rest = rest[..<colon]
        }
        if let tag, !ReferenceGrammar.isTag(tag) { throw Self.refused(text, "its tag is malformed") }
        // Docker refuses these too, since they cannot be told from an image's id.
        if rest.utf8.count == 64, rest.utf8.allSatisfy(\.isLowerHexDigit) {
            throw Self.refused(text, "64 hexadecimal digits are an image's id, not its name")
        }
        (domain, path) = Self.split(rest)
        guard ReferenceGrammar.isDomain(domain) else { throw Self.refused(text, "its registry name is malformed") }
        guard ReferenceGrammar.isPath(path) else {
            throw Self.refused(text, "a repository is lower-case letters, digits and single . _ - between them")
        }
        guard domain.utf8.count + 1 + path.utf8.count <= 255 else {
            throw Self.refused(text, "its name is longer than 255 characters")
        }
        self.tag = tag.map(String.init) ?? (digest == nil ? "latest" : nil)
    }

    /// The registry and the repository, without tag and digest.
    public var name: String { "\(domain)/\(path)" }

    /// The reference as Docker shows it: `postgres:latest`.
    public var familiar: String {
        guard domain == Self.defaultDomain else { return name + suffix }
        let official = Self.officialFolder + "/"
        guard path.hasPrefix(official), !path.dropFirst(official.count).contains("/") else { return path + suffix }
        return path.dropFirst(official.count) + suffix
    }

    private static let defaultDomain = "docker.io"
    private static let legacyDefaultDomain = "index.docker.io"
    private static let officialFolder = "library"

    private var suffix: String { (tag.map { ":\($0)" } ?? "") + (digest.map { "@\($0)" } ?? "") }

    /// Tells the registry from the repository, by the rule of Docker's `splitDockerDomain`.
    private static func split(_ name: Substring) -> (domain: String, path: String) {
        var domain = defaultDomain
        var path = String(name)
        if let slash = name.firstIndex(of: "/") {
            let first = name[..<slash]
            if first.contains(where: { $0 == "." || $0 == ":" }) || first == "localhost" || first != first.lowercased()
            {
                domain = String(first)
                path = String(name[name.index(after: slash)...])
            }
        }
        if domain == legacyDefaultDomain { domain = defaultDomain }
        if domain == defaultDomain, !path.contains("/") { path = "\(officialFolder)/\(path)" }
        return (domain, path)
    }

    private static func refused(_ text: String, _ reason: String) -> OCIError {
        OCIError(.invalidReference, "\(text.quotedForMessage) is not an image reference: \(reason)")
    }
}

extension Reference: CustomStringConvertible {
    /// The reference in full: `docker.io/library/postgres:latest`.
    public var description: String { name + suffix }
}

extension Reference: Codable {
    /// Reads the reference from a string.
    public init(from decoder: any Decoder) throws {
        try self.init(parsing: decoder.singleValueContainer().decode(String.self))
    }

    /// Writes the reference in full, as a string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
