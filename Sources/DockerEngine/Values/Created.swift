// SPDX-License-Identifier: Apache-2.0

import JSONTree

/// What an engine says of an object it has made.
public struct Created: Sendable, Hashable {
    /// The object's id.
    public let id: String
    /// Warnings; often the only sign that an engine dropped a setting.
    public let warnings: [String]

    init(_ answer: RawJSON) throws {
        guard let id = answer["Id"].string, !id.isEmpty else {
            throw EngineError(.protocolViolation, "the engine made an object, but its answer has no Id")
        }
        self.id = id
        // Networks have `Warning`, containers `Warnings`.
        let single = answer["Warning"].string.map { [$0] } ?? []
        self.warnings = (answer["Warnings"].strings + single).filter { !$0.isEmpty }
    }
}
