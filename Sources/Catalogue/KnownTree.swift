// SPDX-License-Identifier: Apache-2.0
public import OCI

/// What a tree with a survey became.
public struct KnownTree: Hashable, Sendable {
    /// The SHA-256 of its path and of what is left out of it.
    public var key: Digest
    /// The digest of the survey.
    public var survey: Digest
    /// The digest of the list of its chunks.
    public var list: Digest
    /// The archive's size in bytes.
    public var size: Int64
    /// How many entries it has.
    public var entries: Int64
    /// How many bytes of file content.
    public var contentBytes: Int64
    /// The paths of its sockets.
    public var sockets: [[UInt8]]

    /// Makes a row.
    public init(
        key: Digest, survey: Digest, list: Digest, size: Int64, entries: Int64, contentBytes: Int64, sockets: [[UInt8]]
    ) {
        (self.key, self.survey, self.list, self.sockets) = (key, survey, list, sockets)
        (self.size, self.entries, self.contentBytes) = (size, entries, contentBytes)
    }
}
