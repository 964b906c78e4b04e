// SPDX-License-Identifier: Apache-2.0
// https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#error-codes

import HTTPTransfer
import JSONTree

/// An answer of a registry that is none of those hoped for.
struct RegistryFailure: Error {
    let status: Int
    /// The first error code in it, such as `MANIFEST_UNKNOWN`.
    let code: String?
    /// What the registry says of it.
    let message: String?
    /// How long it asks to wait, in seconds.
    let retryAfter: Double?

    init(_ head: HTTPHead, body: [UInt8]) {
        status = head.status
        let first = (try? JSONValue(parsing: body, maximumDepth: 16))?["errors"][0] ?? .null
        code = first["code"].string.map { String($0.prefix(60)) }
        message = first["message"].string.map { String($0.prefix(200)) }
        retryAfter = head["Retry-After"].flatMap(Double.init).map { min(max($0, 0), 120) }
    }

    /// Whether the same request may go well later.
    var isPassing: Bool { [408, 429, 500, 502, 503, 504].contains(status) }

    /// What the registry said, in a sentence.
    var text: String {
        (["HTTP status \(status)"] + [code, message].compactMap(\.self)).joined(separator: ", ")
    }
}
