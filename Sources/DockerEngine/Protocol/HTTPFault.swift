// SPDX-License-Identifier: Apache-2.0

/// How an answer broke HTTP.
enum HTTPFault: Error, Equatable {
    /// The peer speaks something else; its first words are kept, they often say why.
    case notHTTP(String)
    /// The peer speaks HTTP, wrongly.
    case malformed(String)
    /// The connection ended within an answer.
    case cut
    /// The answer says neither how long it is nor where it ends, so that a cut could not be told from the end.
    case unmarkedEnd
}
