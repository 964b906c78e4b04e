// SPDX-License-Identifier: Apache-2.0

/// Why something is taken for a secret.
///
/// The names are part of the output of `--json`.
public enum SecretRule: String, Sendable, CaseIterable {
    /// The version of the set of rules; it goes up when a rule is added or changed.
    public static let version: Int64 = 1

    /// The value of a variable, a member, an option or an argument whose name says that it is one.
    case name
    /// The password in a URL.
    case url
    /// A private key in PEM or OpenSSH form.
    case privateKey
    /// A token of a well-known form.
    case token
    /// The credentials of an `Authorization` header or of docker's config.
    case authorization
    /// A password in `.pgpass`, `.netrc` or an argument that is known to be one.
    case passwordFile
    /// The content of a file that is a secret as a whole.
    case secretFile

    /// What it is, for people.
    public var title: String {
        switch self {
        case .name: "the name says so"
        case .url: "a password in a URL"
        case .privateKey: "a private key"
        case .token: "a token of a known form"
        case .authorization: "credentials"
        case .passwordFile: "a password"
        case .secretFile: "a file that is a secret"
        }
    }
}
