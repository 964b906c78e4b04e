// SPDX-License-Identifier: Apache-2.0

/// A whole answer of an engine.
public struct EngineResponse: Sendable {
    /// The HTTP status.
    public let status: Int
    /// The header fields in the order in which they came.
    public let headers: [(name: String, value: String)]
    /// The body.
    public let bytes: [UInt8]

    /// The first header field of a name, in whatever case.
    public func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.name.lowercased() == wanted }?.value
    }

    /// The body as JSON.
    ///
    /// - Throws: `EngineError` with `.protocolViolation` where it is none.
    public func json() throws -> RawJSON {
        do {
            return try RawJSON(parsing: bytes)
        } catch {
            throw EngineError(.protocolViolation, "the engine's answer is \(error)", status: status, cause: error)
        }
    }
}
