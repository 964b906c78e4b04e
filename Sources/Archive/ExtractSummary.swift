// SPDX-License-Identifier: Apache-2.0

/// What an extraction came to.
public struct ExtractSummary: Sendable, Equatable, Codable {
    /// Entries restored.
    public var entries = 0
    /// The bytes of data written.
    public var dataBytes: Int64 = 0
    /// The sum of the files' sizes.
    public var apparentBytes: Int64 = 0
    /// The names of extended attributes that were not set: not allowed, or unknown to the file system.
    public var skippedAttributes: Set<[UInt8]> = []

    /// Nothing extracted yet.
    public init() {}
}
