// SPDX-License-Identifier: Apache-2.0

/// Why a text is no JSON that can be taken.
public struct JSONError: Error, Equatable, CustomStringConvertible {
    /// What was found wrong, in a few words.
    public let message: String
    /// Where in the text, in bytes from its beginning.
    public let offset: Int

    /// The message with its place.
    public var description: String { "not valid JSON at byte \(offset): \(message)" }
}
