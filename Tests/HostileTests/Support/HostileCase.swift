// SPDX-License-Identifier: Apache-2.0

/// One attack, or one oddity, of the corpus.
struct HostileCase: CustomStringConvertible {
    /// What has to become of it.
    enum Expectation {
        /// An error, and nothing of it is left.
        case refused
        /// It does no harm: it is refused, or taken for what it says, and nothing more.
        case harmless
        /// It is taken: it is odd, and legitimate.
        case taken
    }

    let group: String
    let name: String
    let bytes: [UInt8]
    let expectation: Expectation

    init(_ group: String, _ name: String, _ bytes: [UInt8], _ expectation: Expectation = .refused) {
        self.group = group
        self.name = name
        self.bytes = bytes
        self.expectation = expectation
    }

    var description: String { "\(group): \(name)" }
}
