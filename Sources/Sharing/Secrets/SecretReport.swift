// SPDX-License-Identifier: Apache-2.0

public import EnvironmentModel

/// What a search for secrets in a snapshot found, and what it did not look into.
public struct SecretReport: Sendable {
    /// Where secrets are, each place once, in the order of the document.
    public let findings: [SecretFinding]
    /// Where something stands that anybody would guess, or that is too short to be looked for.
    public let weakFindings: [SecretFinding]
    /// What was not looked into, by object.
    public let notInspected: [Remark]
    /// How many things that are, image layers and files each.
    public let notInspectedCount: Int
    /// The secrets that are looked for everywhere.
    let values: Set<[UInt8]>
    /// Those that are replaced at their places alone.
    let weakValues: Set<[UInt8]>
    /// Names of users that came with passwords.
    let users: Set<[UInt8]>
    /// Paths on the outermost machine of files that are a secret as a whole.
    let secretPaths: Set<String>
}
