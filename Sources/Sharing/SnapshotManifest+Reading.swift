// SPDX-License-Identifier: Apache-2.0

import Catalogue
import JSONTree
import OCI

extension SnapshotManifest {
    /// The most uncompressed bytes of a snapshot: beyond it, decompressing is taken for an attack.
    static let largestContent: Int64 = 1 << 40
    /// The most bytes of an environment document.
    static let largestDocument: Int64 = 64 << 20
    /// How many snapshots it may build on.
    static let mostBases = 100
    /// How deep a manifest's or an index's JSON may be nested.
    static let deepestJSON = 16

    /// Reads a manifest of foreign origin; nothing in it is believed that is not verified later.
    ///
    /// - Throws: `SharingError` where it is malformed, is that of something else, or exceeds a limit.
    init(parsing bytes: [UInt8]) throws {
        let json = try Self.json(bytes, "the manifest")
        let config = json["config"]
        guard config["mediaType"].string == MediaType.environment.rawValue else {
            throw SharingError(
                .notASnapshot, "this is no snapshot: its config has the type \(Self.shown(config["mediaType"]))",
                hint: "an image is loaded or pulled with docker")
        }
        guard [MediaType.snapshot.rawValue, nil].contains(json["artifactType"].string) else {
            throw SharingError(
                .notASnapshot, "this is an artifact of the type \(Self.shown(json["artifactType"]))",
                hint: "if it is of a newer envsnap, install that")
        }
        let (_, id, documentSize) = try Self.descriptor(config)
        guard documentSize <= Self.largestDocument else { throw Self.malformed("its document is too large") }
        let blobs = try (json["layers"].array ?? []).map(Self.blob)
        try Self.checkLimits(blobs)
        let bases = try (json["annotations"][Annotation.bases].string ?? "").split(separator: ",").map { text in
            guard let digest = Digest(String(text)) else { throw Self.malformed("a base is no digest") }
            return digest
        }
        guard bases.count <= Self.mostBases else { throw Self.malformed("it names \(bases.count) bases") }
        self.init(snapshot: id, documentSize: documentSize, blobs: blobs, bases: bases)
    }

    /// Parses JSON of foreign origin that has to be an object of schema version 2.
    static func json(_ bytes: [UInt8], _ what: String) throws -> JSONValue {
        let json: JSONValue
        do { json = try JSONValue(parsing: bytes, maximumDepth: deepestJSON) } catch {
            throw SharingError(.badBundle, "\(what) is \(error)")
        }
        guard json["schemaVersion"].int == 2 else { throw malformed("\(what) has not the schema version 2") }
        return json
    }

    /// The parts of a descriptor.
    static func descriptor(_ json: JSONValue) throws -> (type: MediaType, digest: Digest, size: Int64) {
        guard let type = json["mediaType"].string, let digest = json["digest"].string.flatMap({ Digest($0) }),
            let size = json["size"].int, size >= 0
        else { throw malformed("a descriptor in it has no type, SHA-256 digest or size") }
        return (MediaType(rawValue: type), digest, size)
    }

    private static func blob(_ json: JSONValue) throws -> BlobRecord {
        let (type, digest, size) = try descriptor(json)
        let encodings: [MediaType: BlobEncoding] = [.blob: .none, .blobZstd: .zstd]
        guard let encoding = encodings[type] else {
            throw SharingError(
                .notASnapshot, "the snapshot has a blob of the unknown type \(shown(json["mediaType"]))",
                hint: "it may be of a newer envsnap: install that")
        }
        let annotations = json["annotations"]
        let rawDigest = annotations[Annotation.rawDigest].string.flatMap { Digest($0) }
        guard let rawDigest, let rawSize = annotations[Annotation.rawSize].string.flatMap({ Int64($0) }), rawSize >= 0
        else { throw malformed("a blob has no uncompressed digest or size") }
        guard encoding == .zstd || (rawDigest == digest && rawSize == size) else {
            throw malformed("a blob that is not compressed has two digests or sizes")
        }
        let kind = annotations[Annotation.kind].string
        guard kind?.utf8.allSatisfy({ (97...122).contains($0) }) ?? true, (kind ?? "x").utf8.count <= 16 else {
            throw malformed("the kind of a blob is no word")
        }
        return BlobRecord(
            rawDigest: rawDigest, rawSize: rawSize, storedDigest: digest, storedSize: size, encoding: encoding,
            kind: kind)
    }

    private static func checkLimits(_ blobs: [BlobRecord]) throws {
        guard Set(blobs.map(\.storedDigest)).count == blobs.count, Set(blobs.map(\.rawDigest)).count == blobs.count
        else { throw malformed("it names a blob twice") }
        var content: Int64 = 0
        for blob in blobs {
            guard max(blob.rawSize, blob.storedSize) <= largestContent - content else {
                throw malformed("it announces more than \(largestContent) bytes")
            }
            content += max(blob.rawSize, blob.storedSize)
        }
    }

    static func malformed(_ what: String) -> SharingError {
        SharingError(.badBundle, "the snapshot's manifest cannot be taken: \(what)", hint: "fetch or make it again")
    }

    /// A foreign text as a message shows it.
    static func shown(_ value: JSONValue) -> String { value.string.map { "\"\($0.prefix(100))\"" } ?? "none" }
}
