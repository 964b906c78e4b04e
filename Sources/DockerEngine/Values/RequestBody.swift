// SPDX-License-Identifier: Apache-2.0

public import JSONTree

/// What an ordinary request carries.
public enum RequestBody: Sendable {
    /// Nothing.
    case none
    /// A JSON document.
    case json(JSONValue)
    /// Bytes of some other kind.
    case bytes([UInt8], contentType: String)

    var content: (bytes: [UInt8], type: String)? {
        switch self {
        case .none: nil
        case .json(let value): (value.canonicalBytes, "application/json")
        case .bytes(let bytes, let contentType): (bytes, contentType)
        }
    }
}
