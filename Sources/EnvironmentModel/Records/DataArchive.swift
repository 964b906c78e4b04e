// SPDX-License-Identifier: Apache-2.0
public import JSONTree
public import OCI

/// A reference to the pax archive of one volume, folder or writable layer.
public struct DataArchive: Sendable, Equatable, JSONRepresentable {
    /// How an archive is kept.
    public enum Form: String, Sendable {
        /// As one blob; format version 1.
        case whole = "digest"
        /// In chunks, of which a blob is the list; from format version 2 on.
        case chunks
    }

    /// The most that any of its numbers may be, so that their sums fit.
    private static let largest: Int64 = 1 << 44

    /// The digest of the uncompressed archive, or that of the list of its chunks.
    public var digest: Digest
    /// Which of the two the digest is.
    public var form: Form
    /// The length of the uncompressed archive in bytes.
    public var size: Int64
    /// How many entries it has.
    public var entries: Int64
    /// How many bytes of file content it holds, holes left out.
    public var contentBytes: Int64

    /// A reference to an archive.
    public init(digest: Digest, size: Int64, entries: Int64, contentBytes: Int64, form: Form = .whole) {
        self.digest = digest
        self.form = form
        self.size = size
        self.entries = entries
        self.contentBytes = contentBytes
    }

    /// Reads the record from its JSON form.
    public init(json: JSONValue) throws {
        form = json[Form.chunks.rawValue].isNull ? .whole : .chunks
        digest = try json.requiredDigest(form.rawValue)
        size = try json.requiredInt("size")
        entries = try json.requiredInt("entries")
        contentBytes = try json.requiredInt("contentBytes")
        guard [size, entries, contentBytes].allSatisfy((0...Self.largest).contains) else {
            throw ModelError.malformed("an archive of an impossible size")
        }
    }

    /// The record's JSON form.
    public var json: JSONValue {
        .compact([
            form.rawValue: .string(digest.description), "size": .int(size), "entries": .int(entries),
            "contentBytes": .int(contentBytes),
        ])
    }
}
