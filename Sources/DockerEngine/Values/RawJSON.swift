// SPDX-License-Identifier: Apache-2.0

public import JSONTree

/// A JSON answer of an engine: the bytes exactly as they came, and what they say.
///
/// Snapshots keep the bytes, because a reader that knows more than today's may find more in them.
public struct RawJSON: Sendable {
    /// The bytes as the engine sent them.
    public let bytes: [UInt8]
    /// The bytes, read.
    public let value: JSONValue

    /// Reads bytes.
    ///
    /// - Throws: `JSONError` where they are no JSON.
    public init(parsing bytes: [UInt8]) throws {
        self.bytes = bytes
        self.value = try JSONValue(parsing: bytes)
    }

    /// The member of the answer, or null where there is none.
    public subscript(key: String) -> JSONValue { value[key] }

    /// The elements of the answer; empty where it is no array.
    public var elements: [JSONValue] { value.array ?? [] }
}
