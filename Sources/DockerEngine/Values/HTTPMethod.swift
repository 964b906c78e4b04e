// SPDX-License-Identifier: Apache-2.0

/// The methods the Engine API uses.
public enum HTTPMethod: String, Sendable {
    /// Asks for something.
    case get = "GET"
    /// Asks for the head of an answer only.
    case head = "HEAD"
    /// Makes or does something.
    case post = "POST"
    /// Puts bytes in a place.
    case put = "PUT"
    /// Removes something.
    case delete = "DELETE"

    /// Whether the request may be sent again after a connection died without an answer.
    var isSafe: Bool { self == .get || self == .head }
}
