// SPDX-License-Identifier: Apache-2.0

/// One step that brings a catalogue from the version before to its own.
public struct Migration: Hashable, Sendable {
    /// The catalogue's version after this step.
    public let version: Int
    /// The statements of the step.
    public let sql: String

    /// Makes a step.
    public init(version: Int, sql: String) {
        self.version = version
        self.sql = sql
    }
}
