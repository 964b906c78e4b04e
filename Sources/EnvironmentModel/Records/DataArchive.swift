// SPDX-License-Identifier: Apache-2.0
public import JSONTree
public import OCI

/// A reference to the pax archive of one volume, folder or writable layer.
public struct DataArchive: Sendable, Equatable, JSONRepresentable {
    /// The digest of the uncompressed archive.
    public var digest: Digest
    /// The length of the uncompressed archive in bytes.
    public var size: Int64
    /// How many entries it has.
    public var entries: Int64
    /// How many bytes of file content it holds, holes left out.
    public var contentBytes: Int64

    /// A reference to an archive.
    public init(digest: Digest, size: Int64, entries: Int64, contentBytes: Int64) {
        self.digest = digest
        self.size = size
        self.entries = entries
        self.contentBytes = contentBytes
    }

    /// Reads the record from its JSON form.
    public init(json: JSONValue) throws {
        digest = try json.requiredDigest("digest")
        size = try json.requiredInt("size")
        entries = try json.requiredInt("entries")
        contentBytes = try json.requiredInt("contentBytes")
    }

    /// The record's JSON form.
    public var json: JSONValue {
        [
            "digest": .string(digest.description), "size": .int(size), "entries": .int(entries),
            "contentBytes": .int(contentBytes),
        ]
    }
}
