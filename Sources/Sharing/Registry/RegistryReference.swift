// SPDX-License-Identifier: Apache-2.0

import OCI

/// A snapshot at a registry: `oci://HOST[:PORT]/REPOSITORY[:TAG|@DIGEST]`.
public struct RegistryReference: Hashable, Sendable, CustomStringConvertible {
    /// What a text of this kind begins with.
    public static let scheme = "oci://"

    /// The registry's host name, with its port if it has one.
    public let host: String
    /// The repository.
    public let repository: String
    /// The tag, or the digest of the manifest.
    public let tag: String

    /// Whether a text is meant to be such a reference.
    public static func isMeant(by text: String) -> Bool { text.hasPrefix(scheme) }

    /// Parses a reference; without a tag, `latest` is meant.
    ///
    /// - Throws: `SharingError` where it is malformed or names no registry.
    public init(parsing text: String) throws {
        let name = text.dropFirst(Self.scheme.count)
        let hint = "write oci://HOST[:PORT]/REPOSITORY[:TAG], such as oci://registry.example:5000/team/foo:before"
        guard text.hasPrefix(Self.scheme) else {
            throw SharingError(.badReference, "\"\(text)\" is no registry's reference", hint: hint)
        }
        let reference: Reference
        do { reference = try Reference(parsing: String(name)) } catch {
            throw SharingError(.badReference, error.message, hint: hint)
        }
        guard name.hasPrefix(reference.domain + "/") else {
            throw SharingError(
                .badReference, "\"\(text)\" names no registry: its first part has neither a dot nor a port", hint: hint)
        }
        host = reference.domain
        repository = reference.path
        tag = reference.digest?.description ?? reference.tag ?? "latest"
    }

    /// The reference as it is written.
    public var description: String { "\(Self.scheme)\(host)/\(repository)\(tag.contains(":") ? "@" : ":")\(tag)" }

    /// The digest that the reference pins, where it does.
    var digest: Digest? { Digest(tag) }

    /// Whether the registry is on this machine, where HTTP without TLS is fine.
    var isLoopback: Bool {
        let name =
            host.hasPrefix("[") ? String(host.prefix { $0 != "]" }.dropFirst()) : String(host.prefix { $0 != ":" })
        return name == "localhost" || name == "::1"
            || (name.hasPrefix("127.") && name.allSatisfy { $0 == "." || $0.isNumber })
    }

    /// Where the registry is reached; Docker Hub's is not at its name.
    var apiHost: String { host == "docker.io" ? "registry-1.docker.io" : host }
}
